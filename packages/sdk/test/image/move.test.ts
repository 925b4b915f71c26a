import { expect, it } from 'vitest';
import { cropAt } from '../../src/image/convert.js';
import { mirror, shift } from '../../src/image/move.js';
import { paint } from './pictures.js';

it('mirrors left and right, each channel in its place', () => {
  const level = (x: number, y: number, c: number) => 40 * x + 10 * y + c;
  const picture = paint(5, 3, 3, level);
  expect(mirror(picture)).toEqual(paint(5, 3, 3, (x, y, c) => level(4 - x, y, c)));
  expect(mirror(mirror(picture))).toEqual(picture);
});

it('shifts a picture, filling in the mean level of its border', () => {
  // Border levels 10 and 20 on two halves of an even ring: mean 15.
  const ring = (x: number, y: number) => x === 0 || y === 0 || x === 5 || y === 3;
  const level = (x: number, y: number) => (ring(x, y) ? (x < 3 ? 10 : 20) : 100 + 10 * x + y);
  const picture = paint(6, 4, 1, level);
  for (const [right, down] of [
    [0, 0],
    [2, -1],
    [-3, 2],
    [6, 0],
  ] as const) {
    const expected = paint(6, 4, 1, (x, y) => {
      const inside = x >= right && x < 6 + right && y >= down && y < 4 + down;
      return inside ? level(x - right, y - down) : 15;
    });
    expect(shift(picture, right, down)).toEqual(expected);
  }
});

it('crops where it is told', () => {
  const level = (x: number, y: number, c: number) => 30 * x + 7 * y + c;
  expect(cropAt(paint(6, 5, 3, level), 2, 1, 3, 4)).toEqual(
    paint(3, 4, 3, (x, y, c) => level(x + 2, y + 1, c)),
  );
});
