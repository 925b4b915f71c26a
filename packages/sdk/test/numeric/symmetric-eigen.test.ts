import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricEigen } from '../../src/numeric/symmetric-eigen.js';
import { createGenerator, fillNormal } from '../../src/random/generator.js';
import { orthogonalRows } from '../../src/random/orthogonal.js';
import { identity, largestDifference, multiply, transpose } from './matrices.js';

function randomSymmetric(n: number, seed: number): Float64Array {
  const g = fillNormal(createGenerator(seed, 'symmetric', n), new Float64Array(n * n));
  const t = transpose(g, n);
  return g.map((x, i) => (x + (t[i] ?? 0)) / 2);
}

/** Q diag(values) Qᵀ of a random orthogonal Q. */
function withValues(values: readonly number[], seed: number): Float64Array {
  const n = values.length;
  const rows = orthogonalRows(createGenerator(seed, 'basis'), n, n);
  const unit = rows.map((x, i) => {
    const row = rows.subarray(Math.floor(i / n) * n, (Math.floor(i / n) + 1) * n);
    return x / Math.sqrt(row.reduce((sum, y) => sum + y * y, 0));
  });
  const scaled = unit.map((x, i) => x * (values[Math.floor(i / n)] ?? 0));
  const product = multiply(transpose(unit, n), scaled, n);
  const other = transpose(product, n);
  return product.map((x, i) => (x + (other[i] ?? 0)) / 2);
}

/** Residual ‖AV − VΛ‖, orthogonality ‖VᵀV − I‖ and reconstruction ‖VΛVᵀ − A‖, largest entries. */
function errors(matrix: Float64Array, n: number) {
  const { values, vectors } = symmetricEigen(matrix, n);
  const scaled = vectors.map((x, i) => x * (values[i % n] ?? 0));
  const turned = transpose(vectors, n);
  return {
    values: [...values],
    residual: largestDifference(multiply(matrix, vectors, n), scaled),
    orthogonality: largestDifference(multiply(turned, vectors, n), identity(n)),
    reconstruction: largestDifference(multiply(scaled, turned, n), matrix),
  };
}

describe('symmetricEigen', () => {
  it('satisfies A v = λ v with orthonormal v and falling λ for random matrices of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
        const found = errors(randomSymmetric(n, seed), n);
        expect(found.residual).toBeLessThan(1e-13 * n);
        expect(found.orthogonality).toBeLessThan(1e-14 * n);
        expect(found.reconstruction).toBeLessThan(1e-13 * n);
        expect(found.values).toEqual([...found.values].sort((a, b) => b - a));
      }),
      { numRuns: 40 },
    );
  });

  it('finds given values, close, equal, zero, negative and over twelve orders of size', () => {
    const given = [1e6, 3, 2, 2, 2, 1 + 1e-9, 1, 1e-6, 0, 0, -1, -5];
    const found = errors(withValues(given, 1), given.length);
    found.values.forEach((value, i) => {
      expect(Math.abs(value - (given[i] ?? 0))).toBeLessThan(1e-9);
    });
    expect(found.orthogonality).toBeLessThan(1e-13);
    expect(found.residual).toBeLessThan(1e-8);
  });

  it('finds the known values 2 − 2 cos(kπ / (n + 1)) of the second difference', () => {
    const n = 40;
    const matrix = identity(n).map((x, i) => {
      const gap = Math.abs(Math.floor(i / n) - (i % n));
      return gap === 1 ? -1 : 2 * x;
    });
    const { values } = symmetricEigen(matrix, n);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1)), 13);
    });
  });

  it('is exact for diagonal matrices and takes the zero matrix', () => {
    const diagonal = Float64Array.of(1, 0, 0, 0, 7, 0, 0, 0, -3);
    const { values, vectors } = symmetricEigen(diagonal, 3);
    expect([...values]).toEqual([7, 1, -3]);
    expect([...vectors]).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1]);
    expect(errors(new Float64Array(16), 4).orthogonality).toBe(0);
  });

  it('works where squares of the entries would overflow or vanish', () => {
    const matrix = randomSymmetric(9, 5);
    const { values } = symmetricEigen(matrix, 9);
    for (const scale of [2 ** 900, 2 ** -900]) {
      const scaled = symmetricEigen(
        matrix.map((x) => x * scale),
        9,
      );
      expect([...scaled.values]).toEqual([...values].map((x) => x * scale));
    }
  });

  it('makes the largest component of every vector positive', () => {
    const n = 12;
    const { vectors } = symmetricEigen(randomSymmetric(n, 8), n);
    for (let j = 0; j < n; j++) {
      const column = Array.from({ length: n }, (_, i) => vectors[i * n + j] ?? 0);
      expect(Math.max(...column)).toBe(Math.max(...column.map(Math.abs)));
    }
  });

  it('reads only the lower half', () => {
    const matrix = randomSymmetric(6, 9);
    const half = matrix.map((x, i) => (i % 6 > Math.floor(i / 6) ? 1e9 : x));
    expect(symmetricEigen(half, 6)).toEqual(symmetricEigen(matrix, 6));
  });

  it('takes n = 128 within its error bound', () => {
    const found = errors(randomSymmetric(128, 10), 128);
    expect(found.residual).toBeLessThan(2e-12);
    expect(found.orthogonality).toBeLessThan(1e-13);
  });

  it('refuses values that are not finite and matrices of another size', () => {
    expect(() => symmetricEigen(Float64Array.of(Number.NaN), 1)).toThrow(/holds NaN/);
    expect(() => symmetricEigen(new Float64Array(6), 2)).toThrow(/has 6 values.* need 4/);
  });
});
