import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cosine,
  mean,
  median,
  pearson,
  relativeError,
  standardDeviation,
} from '../../src/numeric/statistics.js';

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 2,
  maxLength: 40,
});

describe('mean, median and standardDeviation', () => {
  it('give the known values of a small series', () => {
    const series = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(series)).toBe(5);
    expect(median(series)).toBe(4.5);
    expect(median([3, -1, 10])).toBe(3);
    expect(standardDeviation(series)).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(standardDeviation([0.1, 0.1, 0.1])).toBeLessThan(1e-16);
  });

  it('move with a shift and a factor', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 64 }), (series, factor) => {
        const moved = series.map((x) => factor * x + 3);
        expect(mean(moved)).toBeCloseTo(factor * mean(series) + 3, 5);
        expect(median(moved)).toBeCloseTo(factor * median(series) + 3, 5);
        expect(standardDeviation(moved)).toBeCloseTo(factor * standardDeviation(series), 5);
      }),
    );
  });

  it('leave the median with at most half of the values on either side, and the input as it was', () => {
    fc.assert(
      fc.property(numbers, (series) => {
        const before = [...series];
        const middle = median(series);
        expect(series).toEqual(before);
        expect(series.filter((x) => x < middle).length).toBeLessThanOrEqual(series.length / 2);
        expect(series.filter((x) => x > middle).length).toBeLessThanOrEqual(series.length / 2);
      }),
    );
  });

  it('refuse too few values', () => {
    expect(() => mean([])).toThrow(/mean of 0 values/);
    expect(() => median(new Float32Array())).toThrow(/median of 0 values/);
    expect(() => standardDeviation([1])).toThrow(/at least 2/);
  });
});

describe('pearson', () => {
  it('gives the known value of a textbook series', () => {
    // Deviations −2 … 2 and −2.8, −0.8, 0.2, −0.8, 4.2: products 14, squares 10 and 26.8.
    expect(pearson([1, 2, 3, 4, 5], [2, 4, 5, 4, 9])).toBeCloseTo(14 / Math.sqrt(10 * 26.8), 14);
  });

  it('is ±1 for series on a line, over any range of sizes', () => {
    const series = [1, 5, 2, 8, 3];
    expect(pearson(series, series)).toBeCloseTo(1, 14);
    expect(
      pearson(
        series,
        series.map((x) => -1e250 * x),
      ),
    ).toBeCloseTo(-1, 14);
    expect(
      pearson(
        series,
        series.map((x) => 1e-250 * x),
      ),
    ).toBeCloseTo(1, 14);
  });

  it('is symmetric and does not feel shifts or positive factors', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })), {
          minLength: 2,
        }),
        (pairs) => {
          const x = pairs.map((pair) => pair[0]);
          const y = pairs.map((pair) => pair[1]);
          const r = pearson(x, y);
          expect(pearson(y, x)).toBe(r);
          const moved = pearson(
            x.map((value) => 4 * value + 8),
            y,
          );
          if (r === null) expect(moved).toBeNull();
          else expect(moved).toBeCloseTo(r, 10);
        },
      ),
    );
  });

  it('is null for a constant series, even one whose mean rounds, and for one with infinities', () => {
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeNull();
    expect(pearson([1, 2, 3], [7, 7, 7])).toBeNull();
    expect(pearson([5], [6])).toBeNull();
    expect(pearson([1, 2, Infinity], [1, 2, 3])).toBeNull();
  });
});

describe('relativeError and cosine', () => {
  it('give the known values of small vectors, in double precision for float32 arrays', () => {
    expect(relativeError([3, 4.5], [3, 4])).toBe(0.1);
    expect(relativeError(Float32Array.of(1e25, 1e25), Float32Array.of(1e25, 1e25))).toBe(0);
    expect(relativeError(Float32Array.of(2e25), Float32Array.of(1e25))).toBeCloseTo(1, 6);
    expect(relativeError([0, 0], [0, 0])).toBe(0);
    expect(relativeError([1], [0])).toBe(Infinity);
    expect(cosine([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 15);
    expect(cosine([1, 2], [-2, 1])).toBe(0);
    expect(cosine([0, 0], [1, 2])).toBe(0);
  });

  it('tie together: for unit vectors ‖a − b‖² = 2 − 2 cos', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 6.28, noNaN: true }), (angle) => {
        const a = [1, 0];
        const b = [Math.cos(angle), Math.sin(angle)];
        expect(relativeError(a, b) ** 2).toBeCloseTo(2 - 2 * cosine(a, b), 12);
      }),
    );
  });

  it('refuse different lengths', () => {
    expect(() => relativeError([1], [1, 2])).toThrow(/1 values beside 2/);
    expect(() => cosine([1], [1, 2])).toThrow(/must agree/);
    expect(() => pearson([1], [1, 2])).toThrow(/must agree/);
  });
});
