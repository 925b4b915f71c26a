import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Comparison, decodeNpz } from '@tripartite/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { headKeys, tripartite } from './command.js';

const sentence = 'Astrocytes listen to synapses and answer with calcium.';
/** Drawn, so that seeds say something. */
const quick = ['--hidden', 'matched', '--neurons', '32'];
const digit = ['--image', 'sample:seven', ...quick];
const saved = 'saved here';
let folder = '';
/** The sentence alone, with `quick`. */
let alone: Comparison;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripartite compare '));
  await mkdir(join(folder, 'two texts', 'inside'), { recursive: true });
  await writeFile(join(folder, 'two texts', 'b.txt'), 'A second text, about something else.');
  await writeFile(join(folder, 'two texts', 'a.md'), sentence);
  await writeFile(join(folder, 'two texts', 'notes.csv'), 'not,a,text');
  // Standard input has text too: the option wins.
  alone = await compareAsJson(['--text', sentence, ...quick], 'Other words.');
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

async function compareAsJson<T = Comparison>(words: readonly string[], stdin?: string): Promise<T> {
  const call = { cwd: folder, ...(stdin === undefined ? {} : { stdin }) };
  const { code, stdout, stderr } = await tripartite(['compare', '--json', ...words], call);
  expect(stderr).not.toContain('tripartite: ');
  expect(code).toBe(0);
  return JSON.parse(stdout) as T;
}

/** That what was saved is what the file format says, readable as npz. */
async function checkSaved(output: Comparison['output']): Promise<void> {
  const place = join(folder, saved);
  expect((await readdir(place)).sort()).toEqual(['seven.json', 'seven.npz']);
  const arrays = decodeNpz(await readFile(join(place, 'seven.npz')));
  const described = JSON.parse(await readFile(join(place, 'seven.json'), 'utf8')) as Comparison;
  expect(described).toMatchObject({ format: 'tripartite-comparison', formatVersion: 1, output });
  expect(arrays.format_version?.data[0]).toBe(1);
  const { tokens } = described;
  const width = arrays.layer0_head0_H?.shape[0] ?? 0;
  expect(arrays.layer0_head0_H?.data).toHaveLength(32 * width);
  for (const { layer, head } of described.heads) {
    const place = `layer${layer}_head${head}`;
    expect(arrays[`${place}_H`]?.shape).toEqual([width, 32]);
    expect(arrays[`${place}_g`]?.shape).toEqual([32]);
    for (const which of ['softmax', 'network']) {
      const attention = arrays[`${place}_attention_${which}`];
      expect(attention?.shape).toEqual([tokens, tokens]);
      const firstRow = Array.from(attention?.data.slice(0, tokens) ?? []);
      expect(firstRow.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
    }
  }
}

it('prints the contract of --json, heads by layer and then head', async () => {
  const result = await compareAsJson(['--text', sentence, ...quick, '--hidden', 'performer']);
  expect(result).toMatchObject({
    model: 'use-lite',
    tokens: result.tokensBeforeCut,
    hidden: { kind: 'performer', neurons: 32 },
    seed: 1,
    output: { type: 'embedding' },
  });
  const places = result.heads.map(({ layer, head }) => 1000 * layer + head);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(new Set(places).size).toBe(places.length);
  for (const head of result.heads) {
    expect(Object.keys(head).sort()).toEqual([...headKeys].sort());
    expect(head.outputError).toBeGreaterThan(0);
  }
});

it('takes matched, 256 neurons and seed 1 as defaults, and says nothing more with --quiet', async () => {
  const { stdout, stderr } = await tripartite([
    'compare',
    '--json',
    '--quiet',
    '--text',
    'A text.',
  ]);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({
    model: 'use-lite',
    hidden: { kind: 'matched', neurons: 256 },
    seed: 1,
    seeds: [1],
    swap: 'all',
  });
});

it('reads the same text from files and standard input, in UTF-8 and UTF-16, with the mean over them', async () => {
  const wide = join(folder, 'from PowerShell.txt');
  // The line end that closes a file is not part of the text.
  await writeFile(wide, `\ufeff${sentence}\r\n`, 'utf16le');
  const files = ['--text-file', 'two texts', wide, '-'];
  const several = await compareAsJson<{
    items: (Comparison & { input: { name: string } })[];
    mean: { output: { cosine: number }; heads: { outputError: number }[] };
  }>([...files, ...quick], sentence);
  expect(Object.keys(several)).toEqual(['items', 'mean']);
  const { items, mean } = several;
  // A folder is its fitting files, sorted.
  expect(items.map(({ input }) => input.name)).toEqual([
    'a.md',
    'b.txt',
    'from PowerShell.txt',
    'standard input',
  ]);
  const piped = await compareAsJson(quick, `${sentence}\n`);
  for (const same of [items[0], items[2], items[3], piped]) {
    expect(same?.heads).toEqual(alone.heads);
    expect(same?.output).toEqual(alone.output);
  }
  expect(items[1]?.heads).not.toEqual(alone.heads);
  const meanOf = (pick: (item: Comparison) => number) =>
    items.reduce((sum, item) => sum + pick(item), 0) / items.length;
  const cosine = meanOf(({ output }) => (output.type === 'embedding' ? output.cosine : 0));
  expect(mean.output.cosine).toBeCloseTo(cosine, 12);
  expect(mean.heads).toHaveLength(alone.heads.length);
  const error = meanOf(({ heads }) => heads[5]?.outputError ?? 0);
  expect(mean.heads[5]?.outputError).toBeCloseTo(error, 12);
});

it('prints the contract of a label, the same bytes each time, saying which model was chosen', async () => {
  const words = ['compare', '--json', ...digit];
  const [first, again] = await Promise.all([
    tripartite([...words, '--save', saved], { cwd: folder }),
    tripartite(words),
  ]);
  expect(again.stdout).toBe(first.stdout);
  expect(again.stderr).toContain('model vit-digits chosen');
  const { output, heads, drift } = JSON.parse(first.stdout) as Comparison;
  expect(Object.keys(output).sort()).toEqual([
    'agreement',
    'label',
    'logitDifference',
    'logitError',
    'twinLabel',
    'type',
  ]);
  expect(output).toMatchObject({ type: 'label', label: '7' });
  if (output.type !== 'label') return;
  expect(output.agreement).toBe(output.twinLabel === output.label ? 1 : 0);
  expect(output.logitError).toBeGreaterThan(0);
  expect(output.logitDifference).toBeGreaterThan(0);
  expect(drift).toHaveLength(new Set(heads.map(({ layer }) => layer)).size);
  await checkSaved(output);
});

it('replaces only the heads that --swap names', async () => {
  const { heads, swap } = await compareAsJson([...digit, '--swap', '0,1.1']);
  const swapped = heads.filter((head) => head.swapped).map(({ layer, head }) => `${layer}.${head}`);
  expect(swapped.length).toBeGreaterThan(1);
  expect(swapped.every((place) => place.startsWith('0.') || place === '1.1')).toBe(true);
  expect(swap).not.toBe('all');
});

it('says mean and spread of several seeds', async () => {
  const result = await compareAsJson([...digit, '--seeds', '3', '--seed', '5']);
  expect(result.seeds).toEqual([5, 6, 7]);
  expect(result.runs).toHaveLength(3);
  expect(result.spread?.logitError).toBeGreaterThan(0);
  // Other seeds, other numbers.
  const errors = result.runs?.map((output) => output.type === 'label' && output.logitError);
  expect(new Set(errors).size).toBe(3);
});

it('says that a text was cut, and where', async () => {
  const words = Array.from({ length: 400 }, (_, index) => `number${index}`);
  const text = words.join(' ');
  const { stdout, stderr } = await tripartite(['compare', ...quick, '--text', text]);
  expect(stdout).toContain('cosine');
  // No escape codes without a terminal.
  expect(stdout + stderr).not.toContain(String.fromCharCode(27));
  const [, place] = stderr.match(/cut after token 128 of \d+, at “… (.*)”/) ?? [];
  expect(place).toBeDefined();
  expect(text).toContain(place?.slice(0, place.lastIndexOf(' ')));
});

it('calibrates on files of the user’s own', async () => {
  const own = ['--calibrate', join('two texts', 'b.txt')];
  const calibrated = await compareAsJson(['--text', sentence, ...quick, ...own]);
  expect(calibrated.heads).not.toEqual(alone.heads);
});
