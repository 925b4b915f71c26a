import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Comparison, decodeNpz } from '@tripartite/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tripartite } from './command.js';

const sentence = 'Astrocytes listen to synapses and answer with calcium.';
const quick = ['--neurons', '32'];
const digit = ['--image', 'sample:seven', ...quick];
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
    expect(Object.keys(head)).toEqual(
      expect.arrayContaining([
        'outputError',
        'centredOutputError',
        'responseCorrelation',
        'logResponseCorrelation',
        'responseError',
        'attentionKl',
      ]),
    );
    expect(head.outputError).toBeGreaterThan(0);
  }
});

it('takes matched, 256 neurons and seed 1 as defaults', async () => {
  const [plain, spelled] = await Promise.all([
    compareAsJson(['--text', sentence]),
    compareAsJson(
      ['--model', 'use-lite', '--text', sentence, '--hidden', 'matched'].concat([
        '--neurons',
        '256',
        '--seed',
        '1',
        '--seeds',
        '1',
        '--swap',
        'all',
      ]),
    ),
  ]);
  expect(plain).toEqual(spelled);
});

it('gives the same bytes each time and other numbers for another seed', async () => {
  const words = ['compare', '--json', ...digit];
  const first = await tripartite(words);
  expect((await tripartite(words)).stdout).toBe(first.stdout);
  expect((await tripartite([...words, '--seed', '2'])).stdout).not.toBe(first.stdout);
});

it('reads the same text from an option, a file and standard input, in UTF-8 and UTF-16', async () => {
  const wide = join(folder, 'from PowerShell.txt');
  await writeFile(wide, `\ufeff${sentence}`, 'utf16le');
  const others = await Promise.all([
    compareAsJson(['--text-file', join('two texts', 'a.md'), ...quick]),
    compareAsJson(['--text-file', wide, ...quick]),
    compareAsJson(quick, sentence),
    compareAsJson(['--text-file', '-', ...quick], sentence),
  ]);
  for (const { heads, output } of others) {
    expect({ heads, output }).toEqual({ heads: alone.heads, output: alone.output });
  }
});

it('takes a folder as its fitting files, sorted, with the mean over them', async () => {
  const { items, mean } = await compareAsJson<{
    items: (Comparison & { input: { name: string } })[];
    mean: { output: { cosine: number }; heads: { outputError: number }[] };
  }>(['--text-file', 'two texts', ...quick]);
  expect(items.map(({ input }) => input.name)).toEqual(['a.md', 'b.txt']);
  const cosines = items.map(({ output }) => (output.type === 'embedding' ? output.cosine : 0));
  expect(mean.output.cosine).toBeCloseTo(((cosines[0] ?? 0) + (cosines[1] ?? 0)) / 2, 12);
  expect(items[0]?.heads).toEqual(alone.heads);
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
});

it('chooses the model that fits a picture, and says which', async () => {
  const number = await tripartite(['compare', ...digit]);
  expect(number.stderr).toContain('model vit-digits chosen');
  const photograph = await tripartite(['compare', '--image', 'sample:cat', ...quick]);
  expect(photograph.stderr).toContain('model photo-mae chosen');
  expect(photograph.stdout).toContain('PSNR of the twin, dB');
});

it('says that a text was cut, and where', async () => {
  const words = Array.from({ length: 400 }, (_, index) => `number${index}`);
  const { stderr } = await tripartite(['compare', ...quick, '--text', words.join(' ')]);
  const [, place] = stderr.match(/cut after token 128 of \d+, at “… (.*)”/) ?? [];
  expect(words.join(' ')).toContain(place?.slice(0, place.lastIndexOf(' ')));
});

it('says nothing beside the result with --quiet, and draws no escape codes without a terminal', async () => {
  const { stdout, stderr } = await tripartite(['compare', '--quiet', '--text', sentence, ...quick]);
  expect(stderr).toBe('');
  expect(stdout).toContain('cosine');
  expect(stdout).not.toContain(String.fromCharCode(27));
});

it('saves what its file format says, readable as npz', async () => {
  const place = join(folder, 'saved here');
  await compareAsJson([...digit, '--save', place]);
  expect((await readdir(place)).sort()).toEqual(['seven.json', 'seven.npz']);
  const arrays = decodeNpz(await readFile(join(place, 'seven.npz')));
  const described = JSON.parse(await readFile(join(place, 'seven.json'), 'utf8')) as Comparison;
  expect(described).toMatchObject({ format: 'tripartite-comparison', formatVersion: 1 });
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
});

it('calibrates on files of the user’s own', async () => {
  const own = ['--calibrate', join('two texts', 'b.txt')];
  const calibrated = await compareAsJson(['--text', sentence, ...quick, ...own]);
  expect(calibrated.heads).not.toEqual(alone.heads);
});
