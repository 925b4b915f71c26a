import { describe, expect, it } from 'vitest';
import type { Picture } from '../../src/image/picture.js';
import { normalisePicture, picturePixels, preparePicture } from '../../src/image/prepare.js';
import { type PreprocessorSettings, readPreprocessor } from '../../src/image/preprocessor.js';
import { resizePicture } from '../../src/image/resize.js';
import { paint, readFixture } from './pictures.js';

const photographs = readPreprocessor({
  size: { height: 96, width: 96 },
  resample: 3,
  rescale_factor: 0.00392156862745098,
  image_mean: [0.485, 0.456, 0.406],
  image_std: [0.229, 0.224, 0.225],
  crop: 'centre-square',
});
const digits = readPreprocessor({
  size: { height: 28, width: 28 },
  do_normalize: false,
  image_mean: [0],
  image_std: [1],
});

const fixture = readFixture('pixels.npz');
const levels = fixture.levels?.data as Uint8Array;
const pixels = fixture.pixels?.data as Float32Array;
const photograph = (index: number) => ({
  width: 96,
  height: 96,
  channels: 3 as const,
  data: levels.subarray(index * 27648, (index + 1) * 27648),
});

/** What a model of these settings reads: (channels, height, width). */
const pixelsOf = (picture: Picture, settings: PreprocessorSettings) =>
  normalisePicture(preparePicture(picture, settings), settings);

describe('preparePicture, then normalisePicture', () => {
  it.each([0, 1])('gives the pixels that photo-mae was run on, photograph %i', (index) => {
    const result = pixelsOf(photograph(index), photographs);
    expect(result.length).toBe(3 * 96 * 96);
    const kept = pixels.length / 2;
    let largest = 0;
    for (let i = 0; i < kept; i++) {
      const expected = pixels[index * kept + i] as number;
      largest = Math.max(largest, Math.abs((result[11 * i] as number) - expected));
    }
    expect(kept).toBe(2514);
    expect(largest).toBeLessThanOrEqual(1e-6);
  });

  it('goes back to the same levels', () => {
    const picture = photograph(0);
    const shape = { channels: 3, height: 96, width: 96 } as const;
    const back = picturePixels(pixelsOf(picture, photographs), shape, photographs);
    expect([...back.data]).toEqual([...picture.data]);
  });

  it('turns colour with alpha into a grey digit between 0 and 1', () => {
    const paper = paint(56, 56, 4, (x, _, c) => (c === 3 ? 255 : x < 28 ? 0 : 255));
    const result = pixelsOf(paper, digits);
    expect(result.length).toBe(28 * 28);
    expect([result[0], result[27]]).toEqual([0, 1]);
  });

  it('repeats grey for a model of three channels', () => {
    const grey = paint(96, 96, 1, (x, y) => (x + y) % 256);
    const result = preparePicture(grey, photographs);
    expect(result.channels).toBe(3);
    expect(preparePicture(photograph(0), photographs, 1).channels).toBe(1);
  });
});

describe('preparePicture', () => {
  it('crops before it resizes, and crops again after', () => {
    const wide = paint(61, 40, 3, (x, y, c) => (7 * x + 3 * y + 50 * c) % 256);
    const square = paint(40, 40, 3, (x, y, c) => (7 * (x + 10) + 3 * y + 50 * c) % 256);
    const settings = readPreprocessor({
      size: 20,
      crop: 'centre-square',
      do_center_crop: true,
      crop_size: 14,
    });
    const small = resizePicture(square, 20, 20, 'bilinear');
    const expected = paint(14, 14, 3, (x, y, c) => small.data[((y + 3) * 20 + x + 3) * 3 + c] ?? 0);
    expect([...preparePicture(wide, settings).data]).toEqual([...expected.data]);
  });

  it('refuses a broken picture', () => {
    const broken = { width: 9, height: 9, channels: 3 as const, data: new Uint8Array(5) };
    expect(() => pixelsOf(broken, photographs)).toThrow(
      expect.objectContaining({ code: 'BAD_IMAGE' }),
    );
  });
});

describe('normalisePicture and picturePixels', () => {
  it('refuse settings of another number of channels', () => {
    const grey = paint(2, 2, 1, () => 0);
    const shape = { channels: 1, height: 2, width: 2 } as const;
    for (const use of [
      () => normalisePicture(grey, photographs),
      () => picturePixels(new Float32Array(4), shape, photographs),
      () => picturePixels(new Float32Array(5), shape, digits),
    ]) {
      expect(use).toThrow(expect.objectContaining({ code: 'BAD_SHAPE' }));
    }
  });

  it('clip to 0–255 and round halves to even', () => {
    const raw = { ...digits, rescale: 1 };
    const values = Float32Array.of(-3, 0.5, 1.5, 254.5, 255.5, 1e9, Number.NaN);
    const picture = picturePixels(values, { channels: 1, height: 1, width: 7 }, raw);
    expect([...picture.data]).toEqual([0, 0, 2, 254, 255, 255, 0]);
  });
});
