import photoMae from '@tripartite/model-photo-mae';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../../src/image/picture.js';
import { prepareInput } from '../../src/transformer/inputs.js';
import { loadModel } from '../../src/transformer/model.js';
import type { PictureResult } from '../../src/transformer/results.js';
import { run } from '../../src/transformer/run.js';
import { partOf, readArrays, readPhotographs } from '../fixtures/reference.js';
import { largestDifference, largestValue } from './differences.js';

const names = ['windmill', 'rocket'] as const;

describe('photo-mae', { timeout: 60_000 }, async () => {
  const model = await loadModel(photoMae);
  const photographs = readPhotographs();
  const reference = readArrays('photo-mae.npz', [
    'pixels',
    'noise',
    'mask',
    'q',
    'k',
    'v',
    'logits',
    'reconstruction',
  ]);
  const noise = (i: number) => Float32Array.from(partOf(reference('noise'), i));
  const photograph = (name: string) => photographs[name] as Picture;

  it('describes itself', () => {
    expect(model).toMatchObject({ name: 'photo-mae', type: 'vit_mae', modality: 'image' });
    expect(model.tokenLimit).toBe(145);
    expect(model.layers).toEqual([
      ...Array(5).fill({ stack: 'encoder', heads: 4, headWidth: 32 }),
      ...Array(2).fill({ stack: 'decoder', heads: 3, headWidth: 32 }),
    ]);
  });

  it.each([...names.entries()])(
    'paints reference sample %i, the %s, as the reference does',
    async (i, name) => {
      const image = photograph(name);
      const { prepared } = prepareInput(model, { image }, { noise: noise(i) });
      const pixels = partOf(reference('pixels'), i);
      expect(largestDifference(prepared.pixels ?? [], pixels)).toBeLessThanOrEqual(1e-6);

      const result = (await run(model, { image }, { noise: noise(i) })) as PictureResult;
      expect(Array.from(result.mask)).toEqual(partOf(reference('mask'), i));
      const logits = partOf(reference('logits'), i);
      const off = largestDifference(result.logits, logits);
      expect(off / largestValue(logits)).toBeLessThanOrEqual(1e-4);
      const painting = partOf(reference('reconstruction'), i);
      expect(largestDifference(result.painting.data, painting)).toBeLessThanOrEqual(1);
    },
  );

  it('has the queries, keys and values of the reference in the first layer', async () => {
    const image = photograph(names[0]);
    const { heads } = await run(model, { image }, { noise: noise(0), trace: '0' });
    for (const { head, ...trace } of heads) {
      const pairs = [
        [trace.queries, 'q'],
        [trace.keys, 'k'],
        [trace.values, 'v'],
      ] as const;
      for (const [own, name] of pairs) {
        const truth = partOf(reference(name), head);
        const off = largestDifference(own, truth);
        expect(off / largestValue(reference(name).data)).toBeLessThanOrEqual(1e-4);
      }
    }
    expect(heads.map(({ tokens }) => tokens)).toEqual([73, 73, 73, 73]);
  });

  it('paints hidden patches only, and hides half of them', async () => {
    const image = photograph('boats');
    const result = (await run(model, { image }, { seed: 4 })) as PictureResult;
    expect(result.mask.reduce((sum, hidden) => sum + hidden, 0)).toBe(72);
    expect(result.original.data).toEqual(image.data);
    const { painting, masked } = result;
    const counts = { painted: 0, notGrey: 0, visibleChanged: 0 };
    painting.data.forEach((level, at) => {
      const [x, y] = [Math.floor(at / 3) % 96, Math.floor(at / 3 / 96)];
      const truth = image.data[at];
      if (result.mask[Math.floor(y / 8) * 12 + Math.floor(x / 8)]) {
        if (level !== truth) counts.painted++;
        if (masked.data[at] !== 128) counts.notGrey++;
      } else if (level !== truth || masked.data[at] !== truth) {
        counts.visibleChanged++;
      }
    });
    expect(counts).toMatchObject({ notGrey: 0, visibleChanged: 0 });
    expect(counts.painted).toBeGreaterThan(10_000);
  });

  it('reports the PSNR of the hidden patches', async () => {
    const image = photograph('coffee');
    const { mask, painting, psnr } = (await run(model, { image }, { seed: 2 })) as PictureResult;
    const squares: number[] = [];
    painting.data.forEach((level, at) => {
      const [x, y] = [Math.floor(at / 3) % 96, Math.floor(at / 3 / 96)];
      const hidden = mask[Math.floor(y / 8) * 12 + Math.floor(x / 8)] === 1;
      if (hidden) squares.push((level - (image.data[at] as number)) ** 2);
    });
    const error = squares.reduce((sum, square) => sum + square, 0) / squares.length;
    expect(psnr).toBeCloseTo(10 * Math.log10(255 ** 2 / error), 6);
    expect(psnr).toBeGreaterThan(12);
  });

  it('hides by seed: the same patches for the same seed, others for another', async () => {
    const image = photograph('cat');
    const masks = await Promise.all(
      [5, 5, 6].map(async (seed) => {
        const result = (await run(model, { image }, { seed })) as PictureResult;
        return result.mask.join('');
      }),
    );
    expect(masks[1]).toBe(masks[0]);
    expect(masks[2]).not.toBe(masks[0]);
  });

  it('refuses noise of a wrong length', async () => {
    await expect(
      run(model, { image: photograph('cat') }, { noise: new Float32Array(100) }),
    ).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'noise has 100 values; 144 patches need a number each',
    });
  });
});
