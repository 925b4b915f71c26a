import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { invert } from '../../src/image/convert.js';
import type { Picture } from '../../src/image/picture.js';
import { forward } from '../../src/transformer/forward.js';
import { loadModel } from '../../src/transformer/model.js';
import type { LabelResult } from '../../src/transformer/results.js';
import { run } from '../../src/transformer/run.js';
import { partOf, readArrays, readTestDigits } from '../fixtures/reference.js';
import { withBits } from './bits.js';
import { largestDifference } from './differences.js';

describe('vit-digits', { timeout: 60_000 }, async () => {
  const model = await loadModel(vitDigits);
  const digits = readTestDigits();
  const digit = digits[0] as Picture;
  const classify = async (image: Picture) => (await run(model, { image })) as LabelResult;

  it('describes itself', () => {
    expect(model).toMatchObject({ name: 'vit-digits', type: 'vit', modality: 'image' });
    expect(model.tokenLimit).toBe(50);
    expect(model.labels).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(model.layers).toEqual(Array(4).fill({ stack: 'encoder', heads: 4, headWidth: 16 }));
  });

  it('gives the logits of the reference for twelve digits', async () => {
    const reference = readArrays('vit-digits.npz');
    // The pixels there are rounded to three decimals, so they go in as they are.
    const inputs = Array.from({ length: 12 }, (_, i) => ({
      pixels: Float32Array.from(partOf(reference('images'), i)),
    }));
    (await forward(model, inputs)).forEach((logits, i) => {
      expect(largestDifference(logits, partOf(reference('logits'), i))).toBeLessThanOrEqual(1e-4);
    });
  });

  it('labels all 500 test digits as the reference does, 491 of them truly', async () => {
    const reference = readArrays('vit-digits-test.npz', [
      'labels',
      'softmax_labels',
      'softmax_logits',
    ]);
    const results = (await run(
      model,
      digits.map((image) => ({ image })),
    )) as LabelResult[];
    const labels = results.map(({ label }) => Number(label));
    expect(labels).toEqual(reference('softmax_labels').data);
    const truth = reference('labels').data;
    expect(labels.filter((label, i) => label === truth[i])).toHaveLength(491);
    results.forEach(({ logits, inverted, tokens }, i) => {
      const expected = partOf(reference('softmax_logits'), i);
      expect(largestDifference(logits, expected)).toBeLessThanOrEqual(1e-4);
      expect(inverted).toBe(false);
      expect(tokens).toBe(50);
    });
  });

  it('inverts a dark digit on white, says so, and gives the same logits', async () => {
    const plain = await classify(digit);
    const dark = await classify(invert(digit));
    expect(plain.inverted).toBe(false);
    expect(dark.inverted).toBe(true);
    expect(dark.logits).toEqual(plain.logits);
  });

  it('reads the same digit in colour', async () => {
    const data = Uint8Array.from({ length: 784 * 3 }, (_, i) => digit.data[Math.floor(i / 3)] ?? 0);
    const colour = await classify({ width: 28, height: 28, channels: 3, data });
    expect(colour.logits).toEqual((await classify(digit)).logits);
  });

  it('reads a digit drawn twice as large in a picture that is no square', async () => {
    const [width, height, margin] = [77, 56, 10];
    const data = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < 56; x++) {
        data[y * width + margin + x] = digit.data[(y >> 1) * 28 + (x >> 1)] ?? 0;
      }
    }
    const result = await classify({ width, height, channels: 1, data });
    expect(result.label).toBe((await classify(digit)).label);
    expect(result.tokens).toBe(50);
  });

  it('gives single runs bit for bit in a batch', async () => {
    const some = digits.slice(0, 5).map((image) => ({ image }));
    const together = await run(model, some, { trace: '3.1' });
    for (const [i, input] of some.entries()) {
      const alone = await run(model, input, { trace: '3.1' });
      expect(withBits(together[i])).toEqual(withBits(alone));
    }
  });
});
