import { describe, expect, it } from 'vitest';
import { type ResizeFilter, resizePicture } from '../../src/image/resize.js';
import { paint, readFixture } from './pictures.js';

// The same formulas as in fixtures/make-resize.py.
const patterns: Record<string, (x: number, y: number, c: number) => number> = {
  waves: (x, y, c) => (x * x * 7 + y * 13 + x * y * 3 + c * 101) % 256,
  checks: (x, y, c) => 255 * ((Math.floor(x / 3) + Math.floor(y / 2) + c) % 2),
};

const fixture = Object.entries(readFixture('resize.npz'));

describe('resizePicture', () => {
  it('has pictures of Pillow to be checked against', () => {
    expect(fixture.length).toBe(58);
  });

  it.each(fixture)('equals Pillow byte for byte: %s', (key, expected) => {
    const [kind, channels, from, filter, to] = key.split('-') as [string, ...string[]];
    const [width, height] = (from ?? '').split('x').map(Number) as [number, number];
    const [newWidth, newHeight] = (to ?? '').split('x').map(Number) as [number, number];
    const level = patterns[kind] as (x: number, y: number, c: number) => number;
    const picture = paint(width, height, Number(channels) as 1 | 3, level);
    const result = resizePicture(picture, newWidth, newHeight, filter as ResizeFilter);
    expect([result.width, result.height]).toEqual([newWidth, newHeight]);
    expect(Buffer.compare(Buffer.from(result.data), expected.data as Uint8Array)).toBe(0);
  });

  it('leaves a flat picture flat at any size', () => {
    const flat = paint(31, 17, 3, () => 201);
    for (const [width, height] of [
      [7, 5],
      [96, 96],
      [1, 40],
    ] as const) {
      const { data } = resizePicture(flat, width, height, 'bicubic');
      expect(data.every((level) => level === 201)).toBe(true);
    }
  });

  it('copies a picture that has the size already', () => {
    // A Buffer, as image libraries of Node give: its slice would be a view.
    const data = Buffer.from(paint(5, 4, 1, (x, y) => x + y).data);
    const copy = resizePicture({ width: 5, height: 4, channels: 1, data }, 5, 4, 'bilinear').data;
    expect([...copy]).toEqual([...data]);
    expect(copy.buffer).not.toBe(data.buffer);
  });

  it.each([
    [0, 5],
    [5, -1],
    [2.5, 5],
    [Number.NaN, 5],
    [20_000, 20_000],
  ])('refuses the size %s × %s', (width, height) => {
    const picture = paint(4, 4, 1, () => 0);
    expect(() => resizePicture(picture, width, height, 'bilinear')).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT' }),
    );
  });

  it('refuses alpha, which has to be composed first', () => {
    const picture = paint(4, 4, 4, () => 9);
    expect(() => resizePicture(picture, 2, 2, 'bilinear')).toThrow(/compose alpha first/);
  });
});
