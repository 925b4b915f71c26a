import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cholesky, invertLower } from '../../src/numeric/cholesky.js';
import { createGenerator, fillNormal } from '../../src/random/generator.js';
import { identity, largestDifference, multiply, transpose } from './matrices.js';

/** A random well-conditioned covariance, G Gᵀ / n + I. */
function covariance(n: number, seed: number): Float64Array {
  const g = fillNormal(createGenerator(seed, 'covariance', n), new Float64Array(n * n));
  const one = identity(n);
  return multiply(g, transpose(g, n), n).map((x, i) => x / n + (one[i] ?? 0));
}

const sizes = fc.integer({ min: 1, max: 24 });
const seeds = fc.integer({ min: 0, max: 1e6 });

describe('cholesky', () => {
  it('gives back the matrix as L Lᵀ, with L lower', () => {
    fc.assert(
      fc.property(sizes, seeds, (n, seed) => {
        const matrix = covariance(n, seed);
        const lower = cholesky(matrix, n);
        expect(largestDifference(multiply(lower, transpose(lower, n), n), matrix)).toBeLessThan(
          1e-13,
        );
        for (let i = 0; i < n; i++) {
          expect(lower.slice(i * n + i + 1, (i + 1) * n).every((x) => x === 0)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('gives the known factor of a 3 × 3 matrix, reading only its lower half', () => {
    const matrix = Float64Array.of(4, 99, 99, 12, 37, 99, -16, -43, 98);
    expect([...cholesky(matrix, 3)]).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3]);
  });

  it('names the pivot where a matrix is not positive definite', () => {
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow(/pivot 1 is -3/);
    expect(() => cholesky(Float64Array.of(1, 1, 1, 1), 2)).toThrow(/pivot 1 is 0/);
    expect(() => cholesky(Float64Array.of(Number.NaN), 1)).toThrow(/pivot 0 is NaN/);
  });

  it('refuses a matrix of another size', () => {
    expect(() => cholesky(new Float64Array(5), 2)).toThrow(/has 5 values; it must have 4/);
  });
});

describe('invertLower', () => {
  it('gives the lower matrix that undoes L from both sides', () => {
    fc.assert(
      fc.property(sizes, seeds, (n, seed) => {
        const lower = cholesky(covariance(n, seed), n);
        const inverse = invertLower(lower, n);
        expect(largestDifference(multiply(inverse, lower, n), identity(n))).toBeLessThan(1e-12);
        expect(largestDifference(multiply(lower, inverse, n), identity(n))).toBeLessThan(1e-12);
        for (let i = 0; i < n; i++) {
          expect(inverse.slice(i * n + i + 1, (i + 1) * n).every((x) => x === 0)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a matrix of another size', () => {
    expect(() => invertLower(new Float64Array(5), 2)).toThrow(/has 5 values; it must have 4/);
  });
});
