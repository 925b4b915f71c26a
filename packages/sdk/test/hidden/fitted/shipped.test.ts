import { describe, expect, it } from 'vitest';
import { encodeHidden } from '../../../src/hidden/fitted/encode.js';
import { chooseEntry, type FittedEntry } from '../../../src/hidden/fitted/shipped.js';
import { loadModel } from '../../../src/transformer/model.js';
import { fitTiny, sourceWith, tinyModel } from './tiny.js';

const entry = (kind: FittedEntry['kind'], neurons: number, shared = false): FittedEntry => ({
  file: `hidden/${kind}-${neurons}${shared ? '-shared' : ''}.safetensors`,
  kind,
  neurons,
  shared,
});

describe('the nearest fitted layer', () => {
  const all = [
    entry('fine-tuned', 64),
    entry('learned', 64),
    entry('learned', 256),
    entry('learned', 256, true),
    entry('adapted', 1024),
    entry('learned', 1024),
    entry('matched', 4096),
  ];
  it.each<[Parameters<typeof chooseEntry>[1], number]>([
    [{}, 2],
    [{ neurons: 1 }, 0],
    [{ neurons: 64 }, 0],
    [{ neurons: 64, kind: 'learned' }, 1],
    // 128 is twice 64 and half of 256: the larger is taken.
    [{ neurons: 128 }, 2],
    [{ neurons: 127 }, 0],
    [{ neurons: 511 }, 2],
    [{ neurons: 512 }, 5],
    [{ neurons: 1_000_000 }, 5],
    [{ neurons: 1024, shared: true }, 3],
    [{ neurons: 1024, shared: false }, 5],
    [{ kind: 'adapted', neurons: 1 }, 4],
    [{ kind: 'matched' }, 6],
  ])('to %o is entry %i', (choice, index) => {
    expect(chooseEntry(all, choice)).toBe(all[index]);
  });

  it('is none where there is none of the kind', () => {
    expect(chooseEntry([])).toBeUndefined();
    expect(chooseEntry(all, { kind: 'fine-tuned', shared: true })).toBeUndefined();
    // What changes the transformer, or is no better than a draw, is never taken unasked.
    expect(chooseEntry([entry('adapted', 256), entry('matched', 256)])).toBeUndefined();
  });
});

describe('a model with fitted layers', async () => {
  const layers = [await fitTiny('learned', 4), await fitTiny('learned', 16)];

  it('lists them, and gives the nearest, read once', async () => {
    const inner = sourceWith(layers);
    const reads: string[] = [];
    const model = await loadModel({
      name: inner.name,
      read(file) {
        reads.push(file);
        return inner.read(file);
      },
    });
    expect(reads).not.toContain('hidden/index.json');
    expect(await model.fittedLayers()).toEqual([entry('learned', 4), entry('learned', 16)]);
    const fitted = await model.fitted({ neurons: 10 });
    expect(encodeHidden(fitted)).toEqual(encodeHidden(layers[1] as (typeof layers)[0]));
    expect(await model.fitted({ kind: 'learned', neurons: 20 })).toBe(fitted);
    const own = reads.filter((file) => file.startsWith('hidden/l'));
    expect(own).toEqual(['hidden/learned-16.safetensors']);
    // Once to load, once to hash.
    expect(reads.filter((file) => file === 'model.safetensors')).toHaveLength(2);
  });

  it('says what it brings where it has not what is wanted, and how to fit it', async () => {
    const model = await loadModel(sourceWith(layers));
    await expect(model.fitted({ kind: 'fine-tuned', shared: true })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message:
        'tiny brings no fine-tuned hidden layer of one φ (it brings learned 4, learned 16); fit one: tripartite fit --model tiny --kind fine-tuned --shared, and give its file',
    });
    const bare = await tinyModel;
    expect(await bare.fittedLayers()).toEqual([]);
    await expect(bare.fitted()).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('tiny brings no learned hidden layer (it brings none at'),
    });
  });

  it('refuses a layer of other weights', async () => {
    const [first] = layers;
    const other = { ...(first as (typeof layers)[0]), modelHash: 'f'.repeat(64) };
    const model = await loadModel(sourceWith([other]));
    await expect(model.fitted()).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('not to tiny'),
    });
  });

  it.each([
    ['that is no JSON', '{', 'is no JSON'],
    ['that is no list', '{}', 'expected array'],
    ['of unknown kinds', '[{"file":"hidden/a.safetensors","kind":"x"}]', '0.kind'],
    [
      'that points out of its folder',
      '[{"file":"hidden/../../a.safetensors","kind":"learned","neurons":4,"shared":false}]',
      '0.file',
    ],
    [
      'without a number of neurons',
      '[{"file":"hidden/a.safetensors","kind":"learned","neurons":0,"shared":false}]',
      '0.neurons',
    ],
  ])('refuses an index %s', async (_, index, message) => {
    const model = await loadModel(sourceWith([], { 'hidden/index.json': index }));
    await expect(model.fittedLayers()).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringMatching(new RegExp(`hidden/index.json.*${message}`)),
    });
  });

  it('refuses a file that is missing, or another than the index says', async () => {
    const index = (neurons: number) =>
      JSON.stringify([{ ...entry('learned', 4), neurons, file: 'hidden/a.safetensors' }]);
    const missing = await loadModel(sourceWith([], { 'hidden/index.json': index(4) }));
    await expect(missing.fitted()).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: 'tiny/hidden/a.safetensors is missing; hidden/index.json lists it',
    });
    const inner = sourceWith([], { 'hidden/index.json': index(5) });
    const wrong = await loadModel({
      name: 'tiny',
      read: async (file) =>
        file === 'hidden/a.safetensors'
          ? encodeHidden(layers[0] as (typeof layers)[0])
          : inner.read(file),
    });
    await expect(wrong.fitted()).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: 'tiny/hidden/a.safetensors is learned 4; hidden/index.json says learned 5',
    });
  });
});
