import { describe, expect, it } from 'vitest';
import { checkPicture } from '../../src/image/check.js';
import {
  cropCentre,
  cropCentreSquare,
  invert,
  looksInverted,
  toGrey,
  toRgb,
} from '../../src/image/convert.js';
import type { Picture } from '../../src/image/picture.js';
import { paint, readFixture } from './pictures.js';

describe('toGrey and toRgb', () => {
  it("give Pillow's grey for random colours", () => {
    const { colours, greys } = readFixture('pixels.npz');
    const data = colours?.data as Uint8Array;
    const grey = toGrey({ width: 16, height: 16, channels: 3, data });
    expect([...grey.data]).toEqual([...(greys?.data ?? [])]);
  });

  it('keep grey grey: every level comes back from RGB', () => {
    const levels = paint(16, 16, 1, (x, y) => x + 16 * y);
    expect([...toGrey(toRgb(levels)).data]).toEqual([...levels.data]);
  });

  it('compose alpha over white, rounded to the nearest level', () => {
    const picture = paint(256, 3, 4, (x, y, c) => (c === 3 ? x : [0, 100, 255][y] || 0));
    const { data } = toRgb(picture);
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 256; x++) {
        const level = [0, 100, 255][y] as number;
        const exact = 255 + ((level - 255) * x) / 255;
        expect(Math.abs((data[(y * 256 + x) * 3] as number) - exact)).toBeLessThanOrEqual(0.5);
      }
    }
  });
});

describe('cropCentreSquare', () => {
  it.each([
    [7, 4, 1, 0],
    [4, 7, 0, 1],
    [8, 4, 2, 0],
    [5, 5, 0, 0],
  ])('of %i×%i begins at column %i, row %i', (width, height, left, top) => {
    const crop = cropCentreSquare(paint(width, height, 3, (x, y, c) => 10 * y + x + 100 * c));
    const side = Math.min(width, height);
    const expected = paint(side, side, 3, (x, y, c) => 10 * (y + top) + x + left + 100 * c);
    expect(crop).toEqual(expected);
  });

  it('has no crop that is larger than the picture', () => {
    expect(() =>
      cropCentre(
        paint(3, 3, 1, () => 0),
        4,
        2,
      ),
    ).toThrow(/does not fit/);
  });
});

describe('looksInverted', () => {
  const digit = paint(28, 28, 1, (x, y) => (x > 10 && x < 16 && y > 4 && y < 24 ? 230 : 10));

  it('is false for a light digit on black and true for its negative', () => {
    expect(looksInverted(digit)).toBe(false);
    expect(looksInverted(invert(digit))).toBe(true);
  });

  it('looks at the border alone, also of one row or column', () => {
    const frame = paint(9, 9, 1, (x, y) => (x % 8 === 0 || y % 8 === 0 ? 0 : 255));
    expect(looksInverted(frame)).toBe(false);
    expect(looksInverted(paint(1, 5, 1, () => 128))).toBe(true);
    expect(looksInverted(paint(5, 1, 1, () => 127))).toBe(false);
  });

  it('takes what is transparent for white paper', () => {
    expect(looksInverted(paint(4, 4, 4, () => 0))).toBe(true);
  });
});

describe('invert', () => {
  it('undoes itself and leaves alpha', () => {
    const picture = paint(3, 2, 4, (x, y, c) => 20 * x + 50 * y + c);
    const negative = invert(picture);
    expect(negative.data[3]).toBe(picture.data[3]);
    expect(negative.data[4]).toBe(255 - (picture.data[4] as number));
    expect([...invert(negative).data]).toEqual([...picture.data]);
  });
});

describe('checkPicture', () => {
  const bad: [string, Picture][] = [
    ['no pixels', { width: 0, height: 0, channels: 1, data: new Uint8Array(0) }],
    ['half a pixel', { width: 1.5, height: 2, channels: 1, data: new Uint8Array(3) }],
    ['too little data', { width: 4, height: 4, channels: 3, data: new Uint8Array(47) }],
    ['too much data', { width: 4, height: 4, channels: 1, data: new Uint8Array(17) }],
    ['two channels', { width: 1, height: 1, channels: 2 as 1, data: new Uint8Array(2) }],
    ['400 megapixels', { width: 20_000, height: 20_000, channels: 1, data: new Uint8Array(0) }],
    ['a side of 65 536', { width: 65_536, height: 1, channels: 1, data: new Uint8Array(65_536) }],
  ];

  it.each(bad)('refuses a picture with %s, and so does every conversion', (_, picture) => {
    for (const use of [checkPicture, toGrey, toRgb, cropCentreSquare, invert, looksInverted]) {
      expect(() => use(picture)).toThrow(expect.objectContaining({ code: 'BAD_IMAGE' }));
    }
  });
});
