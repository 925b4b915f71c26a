import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Comparison, compareInDetail, type Model } from '@tripartite/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPictures } from '../src/inputs.js';
import { createNotes } from '../src/output/progress.js';
import { sweepItems } from '../src/report-files.js';
import { tripartite } from './command.js';
import { makeFittedDigits } from './fitted-digits.js';

type Printed = Comparison & { beside?: Pick<Comparison, 'hidden' | 'output'>[] };

const words = ['compare', '--model', 'digits', '--image', 'sample:seven', '--neurons', '16'];
let folder = '';
let model: Model;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripartite beside '));
  model = await makeFittedDigits(join(folder, 'digits'));
});
afterAll(() => rm(folder, { recursive: true }));

async function print(more: readonly string[], call = words): Promise<string> {
  const { code, stdout, stderr } = await tripartite([...call, ...more], { cwd: folder });
  expect(code, stderr).toBe(0);
  return stdout;
}

it('prints what compare says of each hidden layer, and of none where it is not asked', async () => {
  const [beside, plain, performer] = (
    await Promise.all([
      print(['--json', '--beside']),
      print(['--json']),
      print(['--json', '--hidden', 'performer']),
    ])
  ).map((text) => JSON.parse(text) as Printed);
  expect(plain).not.toHaveProperty('beside');
  expect({ ...beside, beside: undefined }).toEqual({ ...plain, beside: undefined });
  expect(beside?.beside?.map(({ hidden }) => [hidden.kind, hidden.neurons])).toEqual([
    ['learned', 16],
    ['matched', 16],
    ['performer', 16],
  ]);
  const [learned, matched, drawn] = beside?.beside ?? [];
  expect(learned).toEqual({ hidden: plain?.hidden, output: plain?.output });
  // The learned layer of this model is matched's draw.
  expect(matched?.output).toEqual(learned?.output);
  expect(drawn).toEqual({ hidden: performer?.hidden, output: performer?.output });
});

it('draws a table of them, of several inputs the means', async () => {
  const one = await print(['--beside']);
  expect(one).toMatch(/With the same 16 hidden neurons per\s+head/);
  for (const name of ['learned, one φ', 'random, matched', 'random neurons (performer)']) {
    expect(one).toContain(`│ ${name} `);
  }
  const many = ['--image', 'sample:seven', 'sample:five', '--beside'];
  const call = ['compare', '--model', 'digits', '--neurons', '16'];
  const { items, mean } = JSON.parse(await print([...many, '--json'], call)) as {
    items: Printed[];
    mean: { output: { logitError: number } };
  };
  expect(items.map(({ beside }) => beside?.length)).toEqual([3, 3]);
  const row = (await print(many, call)).match(/│ learned, one φ .*│/)?.[0];
  expect(row).toContain(mean.output.logitError.toFixed(4));
});

it('stands first in a report, and among its figures', async () => {
  const report = join(folder, 'report.html');
  const figures = join(folder, 'figures');
  await print(['--report', report, '--figures', figures]);
  const page = await readFile(report, 'utf8');
  expect(page).toContain('random neurons (performer)');
  expect(page.indexOf('class="side-by-side"')).toBeLessThan(page.indexOf('class="tiles"'));
  expect(await readFile(join(figures, 'side-by-side.svg'), 'utf8')).toContain('random, matched');
});

it('has curves in a report, each as it is drawn by default', async () => {
  const [input] = await readPictures('--image', ['sample:seven']);
  if (input === undefined) throw new Error('no sample');
  const read = await input.read();
  const own = { kind: 'performer', neurons: 4, sampling: 'sobol' } as const;
  const comparison = await compareInDetail(model, read, { hidden: own });
  const kinds = ['learned', 'matched', 'performer'];
  const beside = await Promise.all(
    kinds.map(async (kind) => ({
      comparison: await compareInDetail(model, read, { hidden: { kind, neurons: 16 } }),
    })),
  );
  const size = { neurons: [4], seeds: [1] };
  const [item] = await sweepItems([{ model, input, comparison, beside }], size, createNotes(true));
  expect(item?.beside).toBe(beside);
  expect(item?.sweep?.map(({ kind, neurons }) => [kind, neurons])).toEqual([
    ['performer', 4],
    ['learned', 16],
    ['learned', 64],
    ['matched', 4],
  ]);
  expect(item?.sweep?.[0]?.output).toEqual(comparison.output);
  const matched = await compareInDetail(model, read, { hidden: { kind: 'matched', neurons: 4 } });
  expect(item?.sweep?.[3]?.output).toEqual(matched.output);
});
