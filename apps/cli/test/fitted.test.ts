import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import digits from '@tripartite/model-vit-digits';
import {
  type Comparison,
  compareInDetail,
  encodeHidden,
  type FittedHidden,
  loadModel,
  type Model,
} from '@tripartite/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeFitted, listFitted } from '../src/commands/models.js';
import { readPictures } from '../src/inputs.js';
import { createNotes } from '../src/output/progress.js';
import { sweepItems } from '../src/report-files.js';
import { tripartite } from './command.js';
import { fitMatched, makeFittedDigits } from './fitted-digits.js';

const digit = ['--image', 'sample:seven'];
let folder = '';
/** The digits' model with two fitted layers beside it. */
let model: Model;
let brought: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripartite fitted '));
  model = await makeFittedDigits(join(folder, 'digits'));
  const plain = await loadModel(digits);
  const wrong = { ...(await fitMatched(plain, 8)), model: 'use-lite', modelHash: 'b'.repeat(64) };
  await writeFile(join(folder, 'wrong.safetensors'), encodeHidden(wrong));
  brought = ['--model', 'digits', ...digit];
});
afterAll(() => rm(folder, { recursive: true }));

async function compareAsJson(words: readonly string[]): Promise<Comparison & { stderr: string }> {
  const { code, stdout, stderr } = await tripartite(['compare', '--json', ...words], {
    cwd: folder,
  });
  expect(code, stderr).toBe(0);
  return { ...(JSON.parse(stdout) as Comparison), stderr };
}

it('takes the fitted layer of a model as the default, the nearest to the neurons wanted', async () => {
  const [fitted, drawn] = await Promise.all([
    compareAsJson([...brought, '--neurons', '30']),
    compareAsJson([...brought, '--neurons', '16', '--hidden', 'matched']),
  ]);
  expect(fitted.hidden).toMatchObject({ kind: 'learned', neurons: 16, shared: true });
  expect(fitted.stderr).toContain(
    'hidden layer learned, 16 neurons, one φ, chosen: of those that the model brings the nearest to 30',
  );
  expect(drawn.hidden).toEqual({ kind: 'matched', neurons: 16, sampling: 'orthogonal' });
  expect(drawn.stderr).not.toContain('nearest');
  // The same neurons; the file keeps a constant in float32.
  expect(fitted.output).toEqual(drawn.output);
});

it('takes a fitted layer from a file, also for a model that brings none', async () => {
  const file = join('digits', 'hidden', 'learned-64.safetensors');
  const [named, given] = await Promise.all([
    compareAsJson([...brought, '--hidden', 'learned', '--neurons', '64', '--shared']),
    compareAsJson([...digit, '--hidden', file]),
  ]);
  expect(given.hidden).toEqual(named.hidden);
  expect(given.model).toBe('vit-digits');
  expect(given.heads).toEqual(named.heads);
  expect(given.stderr).not.toContain('nearest');
});

it('says what seeds and calibration do not change', async () => {
  const words = [...brought, '--neurons', '16', '--hidden', 'learned'];
  const { stderr, runs } = await compareAsJson([
    ...words,
    '--seeds',
    '3',
    '--calibrate',
    'sample:zero',
  ]);
  expect(stderr).toContain('--seeds changes nothing here, as a fitted hidden layer draws nothing');
  expect(stderr).toContain('--calibrate changes nothing here, as a fitted hidden layer needs none');
  expect(runs?.[2]).toEqual(runs?.[0]);
});

it('calibrates matched where files are given and no hidden layer is named', async () => {
  const words = [...brought, '--neurons', '16', '--calibrate', 'sample:zero', 'sample:one'];
  const { hidden, stderr } = await compareAsJson(words);
  expect(hidden).toEqual({ kind: 'matched', neurons: 16, sampling: 'orthogonal' });
  expect(stderr).toContain('hidden layer matched chosen, as --calibrate fits it');
});

it('writes a report that names the fitted layer', async () => {
  const report = join(folder, 'report.html');
  await compareAsJson([...brought, '--neurons', '16', '--report', report]);
  expect(await readFile(report, 'utf8')).toContain('per head, learned, one φ');
});

it('measures the curve of a report at the fitted layers that there are', async () => {
  const [input] = await readPictures('--image', ['sample:seven']);
  if (input === undefined) throw new Error('no sample');
  const size = { neurons: [4, 8], seeds: [1, 2] };
  const notes = createNotes(true);
  const curve = async (of: Model, fitted?: FittedHidden) => {
    const hidden = fitted === undefined ? { kind: 'learned' } : { fitted };
    const comparison = await compareInDetail(of, await input.read(), { hidden });
    const [item] = await sweepItems([{ model: of, input, comparison, fitted }], size, notes);
    return item?.sweep?.map(({ kind, neurons, seed }) => [kind, neurons, seed]);
  };
  expect(await curve(model)).toEqual([
    ['learned', 16, 1],
    ['learned', 16, 2],
    ['learned', 64, 1],
    ['learned', 64, 2],
  ]);
  const plain = await loadModel(digits);
  expect(await curve(plain, await fitMatched(plain, 8))).toEqual([
    ['learned', 8, 1],
    ['learned', 8, 2],
  ]);
});

it.each([
  [
    ['--hidden', 'wrong.safetensors'],
    /^tripartite: hidden layer learned, 8 neurons, was fitted to use-lite \(weights bbbbbb…\), not to vit-digits \(weights [0-9a-f]{6}…\)\n$/,
  ],
  [
    ['--hidden', join('digits', 'model.safetensors')],
    /model\.safetensors has format "pt" in its metadata; a fitted/,
  ],
  [
    ['--hidden', join('digits', 'hidden', 'learned-16.safetensors'), '--neurons', '64'],
    /neurons is 64 but the fitted hidden layer has 16/,
  ],
])('refuses %j with code 2 and one line', async (words, line) => {
  const { code, stdout, stderr } = await tripartite(['compare', ...digit, ...words], {
    cwd: folder,
  });
  expect(stderr).toMatch(line);
  expect(stderr).toMatch(/^tripartite: [^\n]+\n$/);
  expect([code, stdout]).toEqual([2, '']);
});

it('lists the fitted layers of a model with their measured quality', async () => {
  const layers = await listFitted(model);
  expect(layers.map(({ neurons, quality }) => [neurons, quality.agreement])).toEqual([
    [16, 0.984],
    [64, 0.984],
  ]);
  expect(describeFitted(layers)).toBe(
    ' Fitted hidden layers: learned, 16 neurons, one φ (agreement 0.984, logit error 0.052); learned, 64 neurons, one φ (agreement 0.984, logit error 0.052).',
  );
  expect(describeFitted([])).toBe('');
});
