import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGenerator } from '../../src/random/generator.js';
import { antitheticRows, gaussianRows, orthogonalRows } from '../../src/random/orthogonal.js';

function rowOf(rows: Float64Array, index: number, width: number): Float64Array {
  return rows.subarray(index * width, (index + 1) * width);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
}

describe('orthogonalRows', () => {
  it.each([1, 2, 16, 64, 128])('is orthogonal within blocks of width %i to 1e-12', (width) => {
    const count = 2 * width + Math.ceil(width / 3);
    const rows = orthogonalRows(createGenerator(1, 'blocks', width), count, width);
    expect(rows).toHaveLength(count * width);
    let worst = 0;
    for (let i = 0; i < count; i++) {
      for (let j = i + 1; j < count && Math.floor(j / width) === Math.floor(i / width); j++) {
        const a = rowOf(rows, i, width);
        const b = rowOf(rows, j, width);
        worst = Math.max(worst, Math.abs(dot(a, b)) / Math.sqrt(dot(a, a) * dot(b, b)));
      }
    }
    expect(worst).toBeLessThan(1e-12);
  });

  it('leaves rows of different blocks unrelated', () => {
    const width = 8;
    const rows = orthogonalRows(createGenerator(2), 2 * width, width);
    expect(Math.abs(dot(rowOf(rows, 0, width), rowOf(rows, width, width)))).toBeGreaterThan(1e-6);
  });

  it('draws squared norms with the mean and variance of chi-squared: d and 2d', () => {
    const width = 16;
    const count = 8000;
    const rows = orthogonalRows(createGenerator(3, 'norms'), count, width);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const square = dot(rowOf(rows, i, width), rowOf(rows, i, width));
      sum += square;
      squares += (square - width) ** 2;
    }
    // Standard deviation of a chi-squared's squared deviation: √(κ − σ⁴), κ = 12 d (d + 4).
    const spread = Math.sqrt(12 * width * (width + 4) - 4 * width * width);
    expect(Math.abs(sum / count - width)).toBeLessThan(4 * Math.sqrt((2 * width) / count));
    expect(Math.abs(squares / count - 2 * width)).toBeLessThan((4 * spread) / Math.sqrt(count));
  });

  it('draws Haar directions: the entries of 3 × 3 blocks have the moments of a uniform direction', () => {
    const width = 3;
    const blocks = 4000;
    const rows = orthogonalRows(createGenerator(4, 'haar'), blocks * width, width);
    // Archimedes: a coordinate of a uniform direction in space is uniform on [−1, 1], in every row.
    const cells = Array.from({ length: 9 }, () => [0, 0, 0, 0]);
    for (let i = 0; i < blocks * width; i++) {
      const row = rowOf(rows, i, width);
      const norm = Math.sqrt(dot(row, row));
      row.forEach((x, column) => {
        const cell = Math.min(3, Math.floor(((x / norm + 1) / 2) * 4));
        const counts = cells[(i % width) * width + column] ?? [];
        counts[cell] = (counts[cell] ?? 0) + 1;
      });
    }
    for (const counts of cells) {
      const chiSquare = counts.reduce((sum, n) => sum + (n - blocks / 4) ** 2 / (blocks / 4), 0);
      // 3 degrees of freedom: above 21 once in ten thousand.
      expect(chiSquare).toBeLessThan(21);
    }
  });

  it('gives determinants of both signs equally often', () => {
    const rows = orthogonalRows(createGenerator(5, 'sign'), 2 * 1000, 2);
    let positive = 0;
    for (let block = 0; block < 1000; block++) {
      const [a = 0, b = 0, c = 0, d = 0] = rows.subarray(block * 4, block * 4 + 4);
      if (a * d - b * c > 0) positive += 1;
    }
    expect(Math.abs(positive - 500)).toBeLessThan(4 * Math.sqrt(250));
  });
});

describe('antitheticRows', () => {
  it('pairs every row with its negative and leaves an odd last one alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 6 }),
        (count, width) => {
          const rows = antitheticRows(createGenerator(6), count, width);
          for (let i = 0; i + 1 < count; i += 2) {
            expect([...rowOf(rows, i + 1, width)]).toEqual(
              [...rowOf(rows, i, width)].map((x) => -x),
            );
          }
          const fresh = gaussianRows(createGenerator(6), Math.ceil(count / 2), width);
          for (let i = 0; i < count; i += 2) {
            expect(rowOf(rows, i, width)).toEqual(rowOf(fresh, i / 2, width));
          }
        },
      ),
    );
  });
});

describe('sizes', () => {
  it.each([
    [0, 4],
    [4, 0],
    [1.5, 4],
    [4, Number.NaN],
  ])('of %s rows and width %s are refused', (rows, width) => {
    for (const sample of [gaussianRows, antitheticRows, orthogonalRows]) {
      expect(() => sample(createGenerator(1), rows, width)).toThrow(/whole numbers from 1/);
    }
  });
});
