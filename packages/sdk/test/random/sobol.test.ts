import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createGenerator } from '../../src/random/generator.js';
import { normalQuantile } from '../../src/random/normal-quantile.js';
import { gaussianRows } from '../../src/random/orthogonal.js';
import { sobolDirections, sobolNormalRows, sobolPoints } from '../../src/random/sobol.js';

const scipy = JSON.parse(
  readFileSync(new URL('../fixtures/sobol-points.json', import.meta.url), 'utf8'),
) as { head: number[][]; far: number[][]; late: number[] };

describe('sobolPoints', () => {
  it("equals scipy's unscrambled sequence in all 256 dimensions", () => {
    const points = sobolPoints(sobolDirections(256), 1001);
    const point = (row: number) => [...points.subarray(row * 256, (row + 1) * 256)];
    scipy.head.forEach((row, i) => {
      expect(point(i).slice(0, 8)).toEqual(row);
    });
    expect([point(64), point(65)]).toEqual(scipy.far);
    expect(point(1000)).toEqual(scipy.late);
  });
});

describe('sobolNormalRows', () => {
  const rows = 256;
  const width = 256;

  it('puts one point of 2^k in each of 2^k equally likely intervals, in every dimension', () => {
    const edges = Array.from({ length: rows - 1 }, (_, i) => normalQuantile((i + 1) / rows));
    const normals = sobolNormalRows(createGenerator(1, 'strata'), rows, width);
    for (let column = 0; column < width; column++) {
      const values = Array.from({ length: rows }, (_, i) => normals[i * width + column] ?? 0);
      values.sort((a, b) => a - b);
      edges.forEach((edge, i) => {
        expect(values[i]).toBeLessThan(edge);
        expect(values[i + 1]).toBeGreaterThan(edge);
      });
    }
  });

  it('puts one point of 2^k in each box of every dyadic grid of the first two dimensions', () => {
    const normals = sobolNormalRows(createGenerator(2, 'net'), 64, 2);
    for (let power = 0; power <= 6; power++) {
      const across = 2 ** power;
      const down = 64 / across;
      const edges = (count: number) =>
        Array.from({ length: count - 1 }, (_, i) => normalQuantile((i + 1) / count));
      const boxes = new Set<number>();
      for (let i = 0; i < 64; i++) {
        const x = edges(across).filter((edge) => edge < (normals[2 * i] ?? 0)).length;
        const y = edges(down).filter((edge) => edge < (normals[2 * i + 1] ?? 0)).length;
        boxes.add(x * down + y);
      }
      expect(boxes.size).toBe(64);
    }
  });

  it('integrates the mean and a product far better than independent draws', () => {
    const mean = (draws: Float64Array, f: (x: number, y: number) => number) => {
      let sum = 0;
      for (let i = 0; i < draws.length; i += 2) sum += f(draws[i] ?? 0, draws[i + 1] ?? 0);
      return (2 * sum) / draws.length;
    };
    const rootMeanSquare = (f: (x: number, y: number) => number, sobol: boolean) => {
      let sum = 0;
      for (let seed = 0; seed < 20; seed++) {
        const sample = sobol ? sobolNormalRows : gaussianRows;
        sum += mean(sample(createGenerator(seed, 'integral'), 1024, 2), f) ** 2;
      }
      return Math.sqrt(sum / 20);
    };
    for (const f of [(x: number) => x, (x: number, y: number) => x * y]) {
      expect(rootMeanSquare(f, true)).toBeLessThan(rootMeanSquare(f, false) / 5);
    }
  });

  it('is uniform at each point alone: over seeds, the first row has the normal moments', () => {
    const seeds = 4000;
    let sum = 0;
    let squares = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const [x = 0] = sobolNormalRows(createGenerator(seed, 'first'), 1, 1);
      sum += x;
      squares += x * x - 1;
    }
    expect(Math.abs(sum / seeds)).toBeLessThan(4 / Math.sqrt(seeds));
    expect(Math.abs(squares / seeds)).toBeLessThan(4 * Math.sqrt(2 / seeds));
  });

  it('repeats with the seed and differs between seeds', () => {
    const draw = (seed: number) => sobolNormalRows(createGenerator(seed), 8, 3);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it.each([
    [8, 257],
    [8, 0],
    [0, 8],
    [1.5, 8],
  ])('refuses %s rows of width %s', (count, columns) => {
    expect(() => sobolNormalRows(createGenerator(1), count, columns)).toThrow(/width 1 … 256/);
  });
});
