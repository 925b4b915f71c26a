import { describe, expect, it } from 'vitest';
import { widenFloat16 } from '../../src/checkpoint/widen.js';
import { createGenerator } from '../../src/random/generator.js';
import { forward } from '../../src/transformer/forward.js';
import { loadModel } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { largestDifference, largestValue } from './differences.js';
import { erf, naiveTransformer } from './naive-vit.js';
import { drawTensors, maeShapes, tinyMae, tinySource, tinyVit, vitShapes } from './tiny-models.js';

const drawPixels = (side: number, seed: number): Float32Array => {
  const generator = createGenerator(seed, 'pixels');
  return Float32Array.from({ length: 3 * side * side }, () => generator.normal());
};

describe('a tiny ViT of three channels and heads of width 5', async () => {
  const tensors = drawTensors(vitShapes(tinyVit));
  const model = await loadModel(tinySource(tinyVit, tensors));

  it('is described by its config', () => {
    expect(model.layers).toEqual([{ stack: 'encoder', heads: 3, headWidth: 5 }]);
    expect(model.labels).toEqual(['neuron', 'astrocyte', 'synapse']);
    expect(model.tokenLimit).toBe(5);
  });

  it.each([1, 2, 3])('gives the logits of a float64 forward pass, picture %i', async (seed) => {
    const pixels = drawPixels(6, seed);
    const expected = naiveTransformer(tensors).classify(tinyVit, pixels);
    const [logits] = await forward(model, [{ pixels }]);
    const off = largestDifference(logits ?? [], expected);
    expect(off / largestValue(expected)).toBeLessThanOrEqual(1e-5);
  });

  it('normalises a picture channel by channel and names its label', async () => {
    const data = Uint8Array.from({ length: 108 }, (_, i) => (i * 37) % 256);
    const result = await run(model, { image: { width: 6, height: 6, channels: 3, data } });
    const pixels = Array.from({ length: 108 }, (_, at) => {
      const [channel, place] = [Math.floor(at / 36), at % 36];
      const level = (data[place * 3 + channel] as number) / 255;
      return (level - (0.5 - channel * 0.1)) / (0.2 + channel * 0.1);
    });
    const expected = naiveTransformer(tensors).classify(tinyVit, pixels);
    if (result.type !== 'label') throw new Error('no label');
    expect(largestDifference(result.logits, expected)).toBeLessThanOrEqual(1e-4);
    const best = expected.indexOf(Math.max(...expected));
    expect(result.label).toBe(['neuron', 'astrocyte', 'synapse'][best]);
  });

  it('reads float16 weights exactly', async () => {
    const halves = Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, data }]) => {
        // 0x3800 is ½; the low bits vary the size, the top bit the sign.
        const bits = Uint16Array.from(
          data,
          (x, i) => 0x3000 + ((i * 401) % 0x800) + (x < 0 ? 0x8000 : 0),
        );
        return [name, { shape, bits }];
      }),
    );
    const stored = Object.fromEntries(
      Object.entries(halves).map(([name, { shape, bits }]) => [
        name,
        { shape, dtype: 'F16' as const, data: new Uint8Array(bits.buffer) },
      ]),
    );
    const widened = Object.fromEntries(
      Object.entries(halves).map(([name, { shape, bits }]) => [
        name,
        { shape, data: widenFloat16(bits) },
      ]),
    );
    const pixels = drawPixels(6, 4);
    const [fromHalves, fromFloats] = await Promise.all(
      [stored, widened].map(async (all) =>
        forward(await loadModel(tinySource(tinyVit, all)), [{ pixels }]),
      ),
    );
    expect(fromHalves).toEqual(fromFloats);
    expect(largestValue(fromHalves?.[0] ?? [])).toBeGreaterThan(0.01);
  });
});

describe('a tiny ViTMAE that hides three quarters', async () => {
  const tensors = drawTensors(maeShapes(tinyMae));
  const model = await loadModel(tinySource(tinyMae, tensors));

  it('is described by its config', () => {
    expect(model.layers).toEqual([
      { stack: 'encoder', heads: 2, headWidth: 6 },
      { stack: 'decoder', heads: 3, headWidth: 5 },
      { stack: 'decoder', heads: 3, headWidth: 5 },
    ]);
    expect(model.plan.patches?.maskRatio).toBe(0.75);
  });

  it.each([1, 2, 3])('gives the logits of a float64 forward pass, picture %i', async (seed) => {
    const pixels = drawPixels(8, seed);
    const shuffle = Int32Array.from({ length: 16 }, (_, i) => (i * 5 + seed) % 16);
    const expected = naiveTransformer(tensors).paint(tinyMae, pixels, [...shuffle.subarray(0, 4)]);
    const [logits] = await forward(model, [{ pixels, order: { shuffle, visible: 4 } }]);
    const off = largestDifference(logits ?? [], expected);
    expect(off / largestValue(expected)).toBeLessThanOrEqual(1e-5);
  });

  it('lets the patches of the lowest noise be seen, the first of equal ones first', async () => {
    const data = new Uint8Array(192).fill(90);
    const noise = new Float32Array(16).fill(0.5);
    noise[9] = 0.1;
    noise[2] = 0.9;
    const image = { width: 8, height: 8, channels: 3, data } as const;
    const result = await run(model, { image }, { noise });
    if (result.type !== 'picture') throw new Error('no picture');
    const seen = [...result.mask].flatMap((hidden, patch) => (hidden ? [] : [patch]));
    expect(seen).toEqual([0, 1, 3, 9]);
  });
});

it('the error function that the reference uses has its known values', () => {
  // Abramowitz and Stegun, table 7.1.
  expect(erf(0.5)).toBeCloseTo(0.5204998778, 10);
  expect(erf(1)).toBeCloseTo(0.8427007929, 10);
  expect(erf(-2)).toBeCloseTo(-0.995322265, 9);
});
