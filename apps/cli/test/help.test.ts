import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Comparison, fittedKinds, hiddenKinds, type Summary } from '@tripartite/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { headKeys, type Outcome, tripartite } from './command.js';

let folder = '';
let compareHelp = '';
/** Examples of the help, as they stand there, with what became of them. */
const outcomes = new Map<string, Outcome>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripartite help '));
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  const pages = await Promise.all(
    [['--help'], ['compare', '--help'], ['run', '--help']].map((words) => tripartite(words)),
  );
  compareHelp = pages[1]?.stdout ?? '';
  const lines = new Set(pages.flatMap(({ stdout }) => stdout.match(/(?<=^ {2}\$ ).*$/gm) ?? []));
  for (const line of lines) {
    // tests/repository runs the commands of the README.
    if (readme.includes(`\nnpx ${line}\n`)) continue;
    const [, piped, command] = line.match(/^(?:echo "(.*)" \| )?tripartite (.*)$/) ?? [];
    const stdin = piped === undefined ? '' : `${piped}\n`;
    outcomes.set(line, await tripartite(wordsOf(command ?? ''), { cwd: folder, stdin }));
  }
}, 180_000);
afterAll(() => rm(folder, { recursive: true }));

/** Words of a line of a shell: plain ones, and those in double quotes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

it('shows examples that work as they stand', () => {
  expect(outcomes.size).toBeGreaterThan(4);
  for (const [line, { code, stdout, stderr }] of outcomes) {
    expect(code, `${line}\n${stderr}`).toBe(0);
    expect(stdout, line).not.toBe('');
  }
});

it('writes the report of a photograph with its sweep, below 2 MB, and no other file', async () => {
  expect(await readdir(folder)).toEqual(['cat.html']);
  const { size } = await stat(join(folder, 'cat.html'));
  expect(size).toBeGreaterThan(100_000);
  expect(size).toBeLessThan(2_000_000);
});

it('prints the contract of pictures, several with their mean', () => {
  const example = [...outcomes].find(([line]) => /sample:cat sample:.*--json/.test(line));
  expect(example?.[1].stderr).toContain('model photo-mae chosen');
  const several = JSON.parse(example?.[1].stdout ?? '') as { items: Comparison[]; mean: Summary };
  expect(Object.keys(several)).toEqual(['items', 'mean']);
  const { items, mean } = several;
  expect(items).toHaveLength(2);
  const agreements: number[] = [];
  for (const { output, heads, seeds, spread, runs } of items) {
    expect(Object.keys(output).sort()).toEqual(['agreement', 'loss', 'psnr', 'psnrTwin', 'type']);
    if (output.type !== 'picture') throw new Error(`output is ${output.type}`);
    expect(output.psnr - output.psnrTwin).toBeCloseTo(output.loss, 9);
    agreements.push(output.agreement);
    expect(seeds).toEqual([1, 2, 3]);
    expect(runs).toHaveLength(3);
    expect(spread?.agreement).toBeGreaterThan(0);
    expect(new Set(heads.map(({ stack }) => stack))).toEqual(new Set(['encoder', 'decoder']));
    for (const head of heads) expect(Object.keys(head).sort()).toEqual([...headKeys].sort());
  }
  expect(Object.keys(mean.output).sort()).toEqual(['agreement', 'loss', 'psnr', 'psnrTwin']);
  expect(mean.heads).toHaveLength(items[0]?.heads.length ?? 0);
  const [first = Number.NaN, second = Number.NaN] = agreements;
  expect(mean.output.agreement).toBeCloseTo((first + second) / 2, 9);
});

it('names every hidden layer that there is', () => {
  expect(hiddenKinds.length).toBeGreaterThan(8);
  for (const { name } of hiddenKinds) expect(compareHelp).toContain(name);
  for (const name of fittedKinds) expect(compareHelp).toContain(name);
});
