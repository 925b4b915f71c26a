import { describe, expect, it } from 'vitest';
import { hidePatches, pastePatches, patchify, unpatchify } from '../../src/image/patches.js';
import { psnr } from '../../src/image/psnr.js';
import { count, paint } from './pictures.js';

const shape = { channels: 3, height: 4, width: 6 };

describe('patchify', () => {
  it("orders a patch as a convolution's weights: channel, row, column", () => {
    const patches = patchify(count(72), shape, 2, 'channel-row-column');
    // Patch 4 is in row 1, column 1: pixel rows 2–3, columns 2–3.
    const at = (c: number, y: number, x: number) => c * 24 + y * 6 + x;
    const expected = [0, 1, 2].flatMap((c) => [at(c, 2, 2), at(c, 2, 3), at(c, 3, 2), at(c, 3, 3)]);
    expect([...patches.subarray(4 * 12, 5 * 12)]).toEqual(expected);
  });

  it("orders a patch as ViTMAE's reconstruction: row, column, channel", () => {
    const patches = patchify(count(72), shape, 2, 'row-column-channel');
    const expected = [14, 15, 20, 21].flatMap((i) => [i, i + 24, i + 48]);
    expect([...patches.subarray(4 * 12, 5 * 12)]).toEqual(expected);
  });

  it('is undone by unpatchify in both orders', () => {
    for (const order of ['channel-row-column', 'row-column-channel'] as const) {
      const pixels = count(72);
      expect(unpatchify(patchify(pixels, shape, 2, order), shape, 2, order)).toEqual(pixels);
    }
  });

  it('refuses sides that are no multiples of the patch and a wrong length', () => {
    for (const [length, patch] of [
      [72, 4],
      [71, 2],
      [72, 0],
    ] as const) {
      expect(() => patchify(count(length), shape, patch, 'row-column-channel')).toThrow(
        expect.objectContaining({ code: 'BAD_SHAPE' }),
      );
    }
  });
});

describe('pastePatches and hidePatches', () => {
  const original = paint(6, 6, 3, (x, y, c) => x + 10 * y + 80 * c);
  const mask = Uint8Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0);
  const hidden = (x: number, y: number) => mask[3 * Math.floor(y / 2) + Math.floor(x / 2)] === 1;
  const own = (x: number, y: number, c: number) => x + 10 * y + 80 * c;

  it('take the hidden patches from the reconstruction and the others from the original', () => {
    const painting = paint(6, 6, 3, () => 7);
    const result = pastePatches(original, painting, mask, 3, 2);
    expect(result).toEqual(paint(6, 6, 3, (x, y, c) => (hidden(x, y) ? 7 : own(x, y, c))));
  });

  it('show hidden patches in middle grey', () => {
    const result = hidePatches(original, mask, 3, 2);
    expect(result).toEqual(paint(6, 6, 3, (x, y, c) => (hidden(x, y) ? 128 : own(x, y, c))));
  });

  it('refuse masks, grids and pictures that do not fit', () => {
    const smaller = paint(5, 6, 3, () => 7);
    for (const use of [
      () => pastePatches(original, smaller, mask, 3, 2),
      () => hidePatches(original, new Uint8Array(8), 3, 2),
      () => hidePatches(original, mask, 2, 3),
      () => hidePatches(smaller, mask, 3, 2),
    ]) {
      expect(use).toThrow(expect.objectContaining({ code: 'BAD_SHAPE' }));
    }
  });
});

describe('psnr', () => {
  const grey = (level: number) => paint(4, 4, 1, () => level);

  it('is 20 log₁₀(255 / difference) for a constant difference', () => {
    for (const difference of [1, 10, 51, 255]) {
      const exact = 20 * Math.log10(255 / difference);
      expect(psnr(grey(0), grey(difference))).toBeCloseTo(exact, 12);
    }
  });

  it('is infinite for the same picture, and NaN where no patch counts', () => {
    expect(psnr(grey(3), grey(3))).toBe(Number.POSITIVE_INFINITY);
    expect(psnr(grey(3), grey(4), new Uint8Array(4), 2)).toBeNaN();
  });

  it('counts the chosen patches only', () => {
    const half = paint(4, 4, 1, (x, y) => (x < 2 && y >= 2 ? 10 : 200));
    const lower = Uint8Array.of(0, 0, 1, 0);
    expect(psnr(grey(0), half, lower, 2)).toBeCloseTo(20 * Math.log10(25.5), 12);
    expect(psnr(grey(200), half, Uint8Array.of(1, 1, 0, 1), 2)).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses pictures of other sizes', () => {
    expect(() =>
      psnr(
        grey(0),
        paint(4, 5, 1, () => 0),
      ),
    ).toThrow(/they must match/);
  });
});
