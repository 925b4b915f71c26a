import { describe, expect, test } from 'vitest';
import { drawDigit, type Stroke } from '../src/input/strokes.js';

const seven: Stroke[] = [
  [
    { x: 0.3, y: 0.25 },
    { x: 0.7, y: 0.25 },
    { x: 0.45, y: 0.8 },
  ],
];

function move(strokes: readonly Stroke[], scale: number, shift: number): Stroke[] {
  return strokes.map((stroke) =>
    stroke.map(({ x, y }) => ({ x: x * scale + shift, y: y * scale + shift })),
  );
}

describe('drawDigit', () => {
  test('draws nothing from nothing', () => {
    expect(drawDigit([])).toBeUndefined();
    expect(drawDigit([[]])).toBeUndefined();
  });

  test('puts the centre of mass within half a pixel of the middle and keeps the ink in MNIST’s box', () => {
    const picture = drawDigit(seven);
    const data = Array.from(picture?.data ?? []);
    const total = data.reduce((sum, level) => sum + level, 0);
    const x = data.reduce((sum, level, i) => sum + level * ((i % 28) + 0.5), 0) / total;
    const y = data.reduce((sum, level, i) => sum + level * (Math.floor(i / 28) + 0.5), 0) / total;
    expect(Math.abs(x - 14)).toBeLessThan(0.5);
    expect(Math.abs(y - 14)).toBeLessThan(0.5);
    const rows = data.map((level, i) => (level > 127 ? Math.floor(i / 28) : -1));
    const height = Math.max(...rows) - Math.min(...rows.filter((row) => row >= 0)) + 1;
    expect(height).toBeGreaterThanOrEqual(19);
    expect(height).toBeLessThanOrEqual(21);
  });

  test('gives nearly the same picture wherever and however large a digit is drawn', () => {
    const picture = drawDigit(seven)?.data ?? [];
    const moved = drawDigit(move(seven, 0.5, 0.21))?.data ?? [];
    const differences = Array.from(picture, (level, i) => Math.abs(level - (moved[i] ?? 0)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  });

  test('draws a dot where the pen only touched', () => {
    const dot = drawDigit([[{ x: 0.1, y: 0.9 }]]);
    const lit = Array.from(dot?.data ?? []).filter((level) => level > 0).length;
    expect(lit).toBeGreaterThan(3);
    expect(lit).toBeLessThan(17);
  });
});
