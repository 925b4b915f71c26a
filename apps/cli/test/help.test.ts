import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hiddenKinds } from '@tripartite/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tripartite } from './command.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripartite help '));
});
afterAll(() => rm(folder, { recursive: true }));

/** Words of a line of a shell: plain ones, and those in double quotes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

it('shows examples that work as they stand', async () => {
  const pages = await Promise.all(
    [['--help'], ['compare', '--help'], ['run', '--help']].map((words) => tripartite(words)),
  );
  const lines = new Set(pages.flatMap(({ stdout }) => stdout.match(/(?<=^ {2}\$ ).*$/gm) ?? []));
  expect(lines.size).toBeGreaterThan(6);
  for (const line of lines) {
    const [, piped, command] = line.match(/^(?:echo "(.*)" \| )?tripartite (.*)$/) ?? [];
    expect(command, line).toBeDefined();
    const stdin = piped === undefined ? '' : `${piped}\n`;
    const outcome = await tripartite(wordsOf(command ?? ''), { cwd: folder, stdin });
    expect(outcome.code, `${line}\n${outcome.stderr}`).toBe(0);
    expect(outcome.stdout, line).not.toBe('');
  }
  expect(await readdir(folder)).toEqual(['cat.html']);
}, 180_000);

it('names every hidden layer that there is', async () => {
  const { stdout } = await tripartite(['compare', '--help']);
  expect(hiddenKinds.length).toBeGreaterThan(8);
  for (const { name } of hiddenKinds) expect(stdout).toContain(name);
});
