import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { pictureViews } from '../../src/fit/views.js';
import { shift } from '../../src/image/move.js';
import type { Picture } from '../../src/image/picture.js';
import { preparePicture } from '../../src/image/prepare.js';
import { prepareInput } from '../../src/transformer/inputs.js';
import { loadModel, type Model } from '../../src/transformer/model.js';
import { readTestDigits } from '../fixtures/reference.js';
import { paint } from '../image/pictures.js';

describe('views of pictures', async () => {
  const painter = await loadModel(photoMae);
  const classifier = await loadModel(vitDigits);
  /** Levels that say where a pixel came from: red by column, green by row, blue nothing. */
  const map = paint(240, 160, 3, (x, y, c) => (c === 0 ? x : c === 1 ? y : 77));
  const other = paint(100, 130, 3, (x, y, c) => (c === 0 ? 2 * x : c === 1 ? y : 9));
  const views = async (
    model: Model,
    pictures: readonly Picture[],
    options: Parameters<typeof pictureViews>[2],
  ): Promise<Picture[]> =>
    (await pictureViews(model, pictures, options)).map((input) => {
      if (!('image' in input)) throw new Error('a view is a picture');
      return input.image;
    });
  const level = ({ width, data }: Picture, x: number, y: number, c: number): number =>
    data[(y * width + x) * 3 + c] as number;

  it('of a painter are squares of the picture, all over it and of all sizes, half of them mirrored', async () => {
    const [first, ...crops] = await views(painter, [map], { views: 200 });
    expect(first).toEqual(preparePicture(map, painter.preprocessor ?? fail()));
    const sides: number[] = [];
    let mirrored = 0;
    const corners = { left: 240, top: 160, right: 0, bottom: 0 };
    for (const crop of crops) {
      expect([crop.width, crop.height, crop.channels]).toEqual([96, 96, 3]);
      const [left, right] = [level(crop, 0, 50, 0), level(crop, 95, 50, 0)];
      const [top, bottom] = [level(crop, 50, 0, 1), level(crop, 50, 95, 1)];
      // A square: as many columns as rows of the picture are seen.
      expect(Math.abs(Math.abs(right - left) - (bottom - top))).toBeLessThanOrEqual(2);
      expect(level(crop, 20, 30, 2)).toBe(77);
      if (right < left) mirrored++;
      sides.push(((bottom - top) * 96) / 95);
      corners.left = Math.min(corners.left, left, right);
      corners.right = Math.max(corners.right, left, right);
      corners.top = Math.min(corners.top, top);
      corners.bottom = Math.max(corners.bottom, bottom);
    }
    expect(mirrored).toBeGreaterThan(70);
    expect(mirrored).toBeLessThan(130);
    // Crops below the model's own 96 pixels are not enlarged: √.12 · 160 = 55 would be.
    expect(Math.min(...sides)).toBeGreaterThan(93);
    expect(Math.min(...sides)).toBeLessThan(100);
    expect(Math.max(...sides)).toBeGreaterThan(152);
    expect(corners.left).toBeLessThan(8);
    expect(corners.right).toBeGreaterThan(232);
    expect(corners.top).toBeLessThan(8);
    expect(corners.bottom).toBeGreaterThan(152);
  });

  it('cover 12 to 100 % of the largest square, evenly, also of a photograph that is reduced first', async () => {
    const large = paint(1700, 1600, 3, (x, y, c) => (c === 0 ? x / 8 : c === 1 ? y / 8 : 0));
    const [, ...crops] = await views(painter, [large], { views: 121 });
    const areas = crops
      .map((crop) => ((level(crop, 50, 95, 1) - level(crop, 50, 0, 1)) * 8 * 96) / 95)
      .map((side) => (side / 1600) ** 2)
      .sort((a, b) => a - b);
    expect(areas[0]).toBeGreaterThan(0.105);
    expect(areas[0]).toBeLessThan(0.18);
    expect(areas.at(-1)).toBeGreaterThan(0.93);
    // Uniform on [.12, 1]: median .56, of 120 draws ± .07 at three standard errors.
    expect(Math.abs((areas[60] as number) - 0.56)).toBeLessThan(0.09);
  });

  it('are the same again for the same seed, in the same order, and others for another', async () => {
    const once = await views(painter, [map, other], { views: 4 });
    expect(once).toHaveLength(8);
    expect(await views(painter, [map, other], { views: 4 })).toEqual(once);
    const [, second] = await views(painter, [map, other], { views: 4, seed: 2 });
    expect(second).not.toEqual(once[1]);
    // More views keep those before, of each picture.
    const more = await views(painter, [map, other], { views: 6 });
    expect([...more.slice(0, 4), ...more.slice(6, 10)]).toEqual(once);
  });

  it('of a classifier are the picture itself, then shifted by up to two pixels, never mirrored', async () => {
    const [digit] = readTestDigits();
    if (!digit) throw new Error('no digit');
    expect(await views(classifier, [digit], {})).toEqual([digit]);
    const [first, ...shifted] = await views(classifier, [digit], { views: 80 });
    expect(first).toEqual(digit);
    const offsets = [-2, -1, 0, 1, 2];
    const all = offsets.flatMap((x) => offsets.map((y) => shift(digit, x, y)));
    const found = shifted.map((view) =>
      all.findIndex(({ data }) => data.every((value, at) => value === view.data[at])),
    );
    expect(found).not.toContain(-1);
    expect(new Set(found).size).toBeGreaterThan(15);
    const still = await views(classifier, [digit], { views: 3, shift: 0 });
    expect(still).toEqual([digit, digit, digit]);
  });

  it('are what the model would have seen of the picture', async () => {
    const big = paint(61, 47, 4, (x, y, c) => (c === 3 ? 200 : 3 * x + y));
    const [view] = await pictureViews(classifier, [big]);
    if (!view) throw new Error('no view');
    expect(prepareInput(classifier, view)).toEqual(prepareInput(classifier, { image: big }));
  });

  it('come from pictures taken one at a time, each when those before are done', async () => {
    let taken = 0;
    async function* pictures(): AsyncGenerator<Picture> {
      for (const picture of [map, other]) {
        taken++;
        yield picture;
      }
    }
    expect(await pictureViews(painter, pictures(), { views: 2 })).toEqual(
      await pictureViews(painter, [map, other], { views: 2 }),
    );
    expect(taken).toBe(2);
  });

  it('refuse texts’ models, numbers out of range and broken pictures', async () => {
    const text = await loadModel(useLite);
    await expect(pictureViews(text, [map])).rejects.toMatchObject({ code: 'BAD_INPUT' });
    for (const [options, name] of [
      [{ views: 0 }, 'views'],
      [{ views: 2.5 }, 'views'],
      [{ shift: 96 }, 'shift'],
      [{ shift: -1 }, 'shift'],
    ] as const) {
      await expect(pictureViews(painter, [map], options)).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringContaining(name),
      });
    }
    const broken = { ...map, data: map.data.subarray(1) };
    await expect(pictureViews(painter, [broken])).rejects.toMatchObject({ code: 'BAD_IMAGE' });
  });
});

function fail(): never {
  throw new Error('photo-mae has no preprocessor');
}
