import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import useLite from '@tripartite/model-use-lite';
import digits from '@tripartite/model-vit-digits';
import {
  encodeHidden,
  fit,
  fitDefaults,
  loadHidden,
  loadModel,
  type ModelInput,
} from '@tripartite/sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { endingOf } from '../src/exit.js';
import { gatherFitFiles, makeFitInputs } from '../src/fit-inputs.js';
import { readPictures } from '../src/inputs.js';
import { buildProgram } from '../src/program.js';
import { type Outcome, tripartite } from './command.js';

const names = ['zero', 'seven', 'six', 'three'].map((name) => `sample:${name}`);
const few = ['--neurons', '4', '--steps', '8'];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripartite fit '));
  await mkdir(join(folder, 'texts'));
  await mkdir(join(folder, 'out'));
  const long = Array.from({ length: 60 }, (_, i) => `Sentence ${i} of a long paragraph.`).join(
    '\n',
  );
  await writeFile(
    join(folder, 'texts', 'a.txt'),
    `One paragraph,\ntwo lines.\n\nAnother.\n\n${long}\n`,
  );
  await writeFile(
    join(folder, 'texts', 'b.jsonl'),
    '{"text":"Kept\\n\\nas it is.","year":1851}\n\n{"text":"Two."}\n',
  );
  await writeFile(join(folder, 'texts', 'ignored.csv'), 'a,b');
  await writeFile(join(folder, 'broken.jsonl'), '{"text":"Good."}\n{"text":\n');
  await writeFile(join(folder, 'odd.jsonl'), '{"words":"Bad."}\n');
  await writeFile(join(folder, 'one.txt'), 'A single passage.');
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command in this process; gives how it ended and what it printed. */
async function call(
  words: readonly string[],
  onNote: (line: string) => void = () => {},
): Promise<Outcome> {
  const outcome = { stdout: '', stderr: '' };
  const take = (name: 'stdout' | 'stderr') => (text: string | Uint8Array) => {
    outcome[name] += text;
    if (name === 'stderr') onNote(String(text));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(take('stdout'));
  vi.spyOn(process.stderr, 'write').mockImplementation(take('stderr'));
  const exit = process.exitCode;
  try {
    await buildProgram().parseAsync(['fit', ...words], { from: 'user' });
    return { ...outcome, code: Number(process.exitCode ?? 0) };
  } catch (error) {
    const { code, line } = endingOf(error);
    return { ...outcome, stderr: outcome.stderr + line, code };
  } finally {
    vi.restoreAllMocks();
    process.exitCode = exit;
  }
}

async function digitsOf(): Promise<ModelInput[]> {
  const items = await readPictures('--image', names);
  const inputs = await Promise.all(items.map(({ read }) => read()));
  return inputs.map((input) => {
    if (!('image' in input)) throw new Error('a digit is a picture');
    return { image: { ...input.image, data: Uint8Array.from(input.image.data) } };
  });
}

describe('tripartite fit', () => {
  it('writes the file of the SDK’s fit, nothing beside it, and says what it is', async () => {
    const out = join(folder, 'out', 'digits.safetensors');
    await writeFile(out, 'an older file of that name');
    const words = ['fit', '--image', ...names, ...few, '--shared', '--seed', '5', '--out', out];
    const { code, stdout, stderr } = await tripartite(words);
    expect(code, stderr).toBe(0);
    expect(await readdir(join(folder, 'out'))).toEqual(['digits.safetensors']);
    const model = await loadModel(digits);
    const settings = { neurons: 4, steps: 8, shared: true, seed: 5 };
    const expected = encodeHidden(await fit(model, await digitsOf(), settings));
    expect(new Uint8Array(await readFile(out))).toEqual(expected);
    const fitted = await loadHidden(out, model);
    expect(fitted).toMatchObject({ kind: 'learned', neurons: 4, shared: true, inputs: 4, seed: 5 });
    model.close();
    const rows = [
      'vit-digits',
      'learned, one φ',
      'steps done',
      'learn 8',
      'held-out loss',
      out,
      'MB',
    ];
    for (const words of rows) expect(stdout).toContain(words);
    expect(stderr).toMatch(
      /model vit-digits chosen[^\n]*\nlearning: step 1 of 8, loss [\d.]+, held out/,
    );
    expect(stderr).toMatch(/\nlearning: step 8 of 8, [^\n]*\n$/);
  });

  it('prints the same as JSON and nothing else', async () => {
    const out = join(folder, 'json.safetensors');
    const words = [
      '--image',
      ...names,
      ...few,
      '--threads',
      '1',
      '--out',
      out,
      '--json',
      '--quiet',
    ];
    const { code, stdout, stderr } = await call(words);
    expect([code, stderr]).toEqual([0, '']);
    const printed = JSON.parse(stdout);
    const bytes = await readFile(out);
    expect(printed).toMatchObject({
      kind: 'learned',
      neurons: 4,
      shared: false,
      model: 'vit-digits',
      inputs: 4,
      seed: 1,
      steps: { learn: 8 },
      settings: { ...fitDefaults, neurons: 4, steps: 8 },
      file: out,
      bytes: bytes.length,
      build: 'plain',
    });
    expect(printed.heldOutLoss.learn).toBeGreaterThan(0);
    expect(printed.quality.inputs).toBe(1);
    expect(printed.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(printed).not.toHaveProperty('layers');
    // The file has neither date nor path.
    const text = bytes.subarray(0, 20_000).toString('latin1');
    expect(text).not.toContain(folder);
    expect(text).not.toContain(String(new Date().getFullYear()));
  });

  it('draws matched layers, as one φ, without a step', async () => {
    const out = join(folder, 'matched.safetensors');
    const words = ['--image', ...names, '--kind', 'matched', '--neurons', '12', '--out', out];
    const { code, stdout } = await call([...words, '--quiet']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/kind +│ matched, one φ/);
    expect(stdout).not.toContain('steps');
    const { layers, kind } = await loadHidden(out);
    expect(kind).toBe('matched');
    expect(layers.flat().map(({ neurons }) => neurons)).toEqual(Array(16).fill(12));
  });

  it('stops at Ctrl-C with code 130, keeps a checkpoint, and goes on from it to the same file', async () => {
    const [whole, parted] = [join(folder, 'whole'), join(folder, 'parted')];
    const words = [
      '--image',
      ...names,
      '--neurons',
      '4',
      '--steps',
      '60',
      '--threads',
      '1',
      '--out',
    ];
    expect((await call([...words, whole, '--quiet'])).code).toBe(0);
    const stopped = await call([...words, parted], (line) => {
      if (/step 2 of 60/.test(line)) process.emit('SIGINT', 'SIGINT');
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain(`the same command goes on from ${parted}.checkpoint`);
    expect(await readdir(folder)).not.toContain('parted');
    // Another fit does not take it.
    const other = await call([...words.with(5 + 1, '5'), parted]);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/parted\.checkpoint'.*another model, other inputs.*rename it/);
    expect(await readdir(folder)).not.toContain('parted');
    const again = await call([...words, parted]);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('going on from the checkpoint');
    expect(await readFile(parted)).toEqual(await readFile(whole));
    expect(await readdir(folder)).not.toContain('parted.checkpoint');
  });

  it('stopped before its first step says that nothing was written', async () => {
    const before = await readdir(folder);
    // The first listener is there while a file is tried, the second for the fit.
    let listeners = 0;
    const { on } = process;
    const watched = vi.spyOn(process, 'on').mockImplementation((name, listener) => {
      on.call(process, name, listener);
      if (name === 'SIGINT' && ++listeners === 2) {
        queueMicrotask(() => process.emit('SIGINT', 'SIGINT'));
      }
      return process;
    });
    const words = ['--image', ...names, ...few, '--out', join(folder, 'never')];
    const { code, stderr } = await call(words);
    expect(watched).toHaveBeenCalled();
    expect(listeners).toBe(2);
    expect(code).toBe(130);
    expect(stderr).toContain('stopped before the first step; nothing was written');
    expect(await readdir(folder)).toEqual(before);
  });
});

describe('what is fitted on', () => {
  it('are the passages of texts, and the lines of jsonl as they are', async () => {
    const model = await loadModel(useLite);
    const files = await gatherFitFiles({ textFile: [join(folder, 'texts')] });
    expect(files.items.map(({ name }) => name)).toEqual(['a.txt', 'b.jsonl']);
    const { inputs, sources } = await makeFitInputs(model, files, {});
    const texts = inputs.map((input) => ('text' in input ? input.text : ''));
    expect(texts.slice(0, 2)).toEqual(['One paragraph, two lines.', 'Another.']);
    expect(texts.slice(-2)).toEqual(['Kept\n\nas it is.', 'Two.']);
    const long = texts.slice(2, -2);
    expect(long.length).toBeGreaterThan(1);
    expect(long.join(' ').match(/Sentence/g)).toHaveLength(60);
    // Windows of one paragraph are of one source, whatever is held out.
    expect(new Set(sources.slice(2, -2)).size).toBe(1);
    expect(new Set(sources).size).toBe(5);
    for (const text of long) {
      expect(model.tokenizer?.encode(text).ids.length).toBeLessThanOrEqual(model.tokenLimit);
    }
    model.close();
  });

  it('are views of pictures: of digits one, or some that are shifted', async () => {
    const model = await loadModel(digits);
    const files = await gatherFitFiles({ image: names });
    expect((await makeFitInputs(model, files, {})).inputs).toEqual(await digitsOf());
    const views = await makeFitInputs(model, files, { views: 3 });
    expect(views.inputs).toHaveLength(12);
    expect(views.inputs[3]).toEqual((await digitsOf())[1]);
    expect(views.sources).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
    const other = await makeFitInputs(model, files, { views: 3, seed: 2 });
    expect(other.inputs).not.toEqual(views.inputs);
    model.close();
  });
});

describe('bad input of a fit ends with code 2 and one line, and writes nothing', () => {
  const image = ['--image', ...names];
  const cases: readonly (readonly [words: readonly string[], line: RegExp])[] = [
    [[...image], /--out/],
    [['--out', 'x'], /input is missing.*--text-file or --image/],
    [[...image, '--text-file', 'one.txt', '--out', 'x'], /--text-file and --image came both/],
    [[...image, '--out', join('no', 'x')], /--out.*does not exist/],
    [[...image, '--out', 'texts'], /--out is 'texts', a folder/],
    [[...image, '--out', 'x', '--kind', 'lerned'], /--kind is 'lerned'.*did you mean 'learned'/],
    [[...image, '--out', 'x', '--neurons', '0'], /--neurons is '0'.*1 to 16384/],
    [[...image, '--out', 'x', '--steps', 'many'], /--steps is 'many'/],
    [[...image, '--out', 'x', '--seed', '-1'], /--seed is '-1'/],
    [[...image, '--out', 'x', '--threads', '0'], /--threads is '0'/],
    [[...image, '--out', 'x', '--views', '0'], /--views is '0'/],
    [['--text-file', 'one.txt', '--out', 'x', '--views', '2'], /--views came without --image/],
    [
      [...image, '--out', 'x', '--tune-steps', '5'],
      /--tune-steps changes nothing with --kind learned/,
    ],
    [
      [...image, '--out', 'x', '--kind', 'matched', '--shared'],
      /--shared changes nothing.*matched/,
    ],
    [[...image, '--out', 'x', '--model', 'use-lite'], /use-lite.*given pictures/],
    [['--text-file', 'broken.jsonl', '--out', 'x'], /broken\.jsonl', line 2, is no JSON/],
    [['--text-file', 'odd.jsonl', '--out', 'x'], /odd\.jsonl', line 1, has no text/],
    [['--text-file', 'one.txt', '--out', 'x'], /fit got 1 inputs; at least 2/],
    [['--text-file', 'no.txt', '--out', 'x'], /no\.txt.*does not exist/],
  ];

  it.each(cases)('%j', async (words, line) => {
    const home = process.cwd();
    process.chdir(folder);
    try {
      const before = await readdir(folder);
      const { code, stdout, stderr } = await call(words);
      expect(stderr).toMatch(line);
      expect(stderr).not.toContain('\n');
      expect([code, stdout]).toEqual([2, '']);
      expect(await readdir(folder)).toEqual(before);
    } finally {
      process.chdir(home);
    }
  });
});

it('shows examples and every kind in its help', async () => {
  const { code, stdout } = await tripartite(['fit', '--help']);
  expect(code).toBe(0);
  for (const words of ['matched', 'learned', 'fine-tuned', 'adapted', '.jsonl']) {
    expect(stdout).toContain(words);
  }
  expect(stdout).toContain(`(default: ${fitDefaults.steps})`);
  expect(stdout).toContain(`(default: ${fitDefaults.tuneSteps})`);
  const example = stdout.match(/^ {2}\$ tripartite (fit --image sample:cat .*)$/m)?.[1] ?? '';
  const result = await tripartite(example.split(' '), { cwd: folder });
  expect(result.code, result.stderr).toBe(0);
  expect(await readdir(folder)).toContain('cat.safetensors');
});
