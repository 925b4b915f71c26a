import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator } from '@tripartite/sdk';
import { expect, it } from 'vitest';
import { report } from './report.js';

// Fits as processes of their own, killed at any moment of their course and begun again.

const script = fileURLToPath(new URL('./fit-to-file.mjs', import.meta.url));
const tries = 20;
const kinds = ['learned', 'fine-tuned', 'adapted'];

/** Runs the script, and kills it after so many milliseconds; true where it came to its end. */
function runScript(kind: string, file: string, killAfter?: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, kind, file], { stdio: 'inherit' });
    const timer =
      killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

it('fits killed at any moment and begun again give the same file, 20 of 20', async ({ task }) => {
  const folder = await mkdtemp(join(tmpdir(), 'tripartite killed '));
  const random = createGenerator(20, 'kills');
  const wholes = new Map<string, { readonly bytes: Buffer; readonly duration: number }>();
  try {
    for (const kind of kinds) {
      const start = performance.now();
      expect(await runScript(kind, join(folder, kind))).toBe(true);
      const duration = performance.now() - start;
      wholes.set(kind, { bytes: readFileSync(join(folder, kind)), duration });
    }
    let [same, midway] = [0, 0];
    for (let attempt = 0; attempt < tries; attempt++) {
      const kind = kinds[attempt % kinds.length] as string;
      const { bytes, duration } = wholes.get(kind) ?? { bytes: Buffer.alloc(0), duration: 0 };
      const file = join(folder, `${attempt}`);
      await runScript(kind, file, duration * random.uniform());
      if (existsSync(`${file}.checkpoint`)) midway++;
      expect(await runScript(kind, file)).toBe(true);
      if (readFileSync(file).equals(bytes)) same++;
      expect(existsSync(`${file}.checkpoint`)).toBe(false);
    }
    report(task, {
      what: `killed fits with the same file, of ${tries}`,
      value: same,
      least: tries,
    });
    report(task, { what: 'of them killed after a checkpoint', value: midway, least: 5 });
    expect(same).toBe(tries);
    expect(midway).toBeGreaterThanOrEqual(5);
  } finally {
    await rm(folder, { recursive: true });
  }
});
