import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import digits from '@tripartite/model-vit-digits';
import { createGenerator, encodeHidden, fit, loadModel, type ModelInput } from '@tripartite/sdk';
import { expect, it } from 'vitest';
import { readPictures } from '../src/inputs.js';
import { main, tripartite } from './command.js';

const names = ['zero', 'seven', 'six', 'three', 'four', 'one'].map((name) => `sample:${name}`);
const settings = { neurons: 8, steps: 300 };

/** The file that a fit in one piece gives. */
async function fitInOnePiece(): Promise<Uint8Array> {
  const model = await loadModel(digits);
  const items = await readPictures('--image', names);
  const inputs: ModelInput[] = await Promise.all(items.map(({ read }) => read()));
  const fitted = await fit(model, inputs, settings);
  model.close();
  return encodeHidden(fitted);
}

/** Calls `kill` on the running command; true where that came before its end. */
async function runUntil(
  words: readonly string[],
  kill: (kill: () => void) => Promise<void>,
): Promise<boolean> {
  const child = spawn(process.execPath, [main, ...words], { stdio: 'ignore' });
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === null || code !== 0));
  });
  await Promise.race([ended, kill(() => child.kill('SIGKILL'))]);
  child.kill('SIGKILL');
  return ended;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

it('gives the same file after kills at any moment, and leaves nothing else behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tripartite killed '));
  const out = join(folder, 'digits 8.safetensors');
  const checkpoint = `${out}.checkpoint`;
  const words = ['fit', '--image', ...names, '--out', out, '--threads', '1'];
  const all = [...words, '--neurons', '8', '--steps', '300'];
  const random = createGenerator(11, 'kills');
  const changed = async () => (await stat(checkpoint).catch(() => undefined))?.mtimeMs;
  try {
    const expected = await fitInOnePiece();
    let kills = 0;
    for (let attempt = 0; attempt < 5; attempt++) {
      const before = await changed();
      const early = attempt === 1;
      const killed = await runUntil(all, async (kill) => {
        // A killed fit that has not got as far as its next checkpoint would only be begun again.
        while (!early && (await changed()) === before) await pause(10);
        await pause(300 * random.uniform());
        kill();
      });
      if (killed) kills++;
      // A fast machine may have come to the end first.
      else expect(new Uint8Array(await readFile(out))).toEqual(expected);
      await rm(out, { force: true });
    }
    expect(kills).toBeGreaterThan(2);
    const left = (await changed()) !== undefined;
    const { code, stderr } = await tripartite(all);
    expect(code, stderr).toBe(0);
    expect(stderr.includes(`going on from the checkpoint ${checkpoint}`)).toBe(left);
    expect(new Uint8Array(await readFile(out))).toEqual(expected);
    expect(await readdir(folder)).toEqual(['digits 8.safetensors']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
