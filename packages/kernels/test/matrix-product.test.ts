import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain, product, strided, worst } from './placed-product.js';
import { multiply } from './reference/matrix-product.js';
import { builds, firstDifference, randomFloats } from './workbench.js';

describe.each(builds)('gemm, $build', (kernels) => {
  it('agrees with float64 for every size 1 … 70 of each dimension', () => {
    for (let size = 1; size <= 70; size++) {
      for (const [other, third] of [
        [1, 9],
        [7, 3],
        [23, 17],
      ] as const) {
        for (const [m, n, k] of [
          [size, other, third],
          [third, size, other],
          [other, third, size],
        ] as const) {
          const shape = { m, n, k };
          expect(worst(kernels, size, shape, plain), `${m} × ${n} × ${k}`).toBeLessThanOrEqual(1);
        }
      }
      const cube = { m: size, n: size, k: size };
      expect(worst(kernels, size, cube, plain), `${size}³`).toBeLessThanOrEqual(1);
    }
  });

  it('agrees with float64 for any sizes, strides and transposes, added to C or not', () => {
    const size = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(
        fc.record({ m: size, n: size, k: fc.integer({ min: 0, max: 70 }) }),
        fc.record({
          transposeA: fc.boolean(),
          transposeB: fc.boolean(),
          gap: fc.integer({ min: 0, max: 9 }),
          accumulate: fc.boolean(),
        }),
        fc.integer({ min: 0, max: 1000 }),
        (shape, layout, seed) => worst(kernels, seed, shape, layout) <= 1,
      ),
      { numRuns: 300 },
    );
  });

  it('is exact where every sum is a small whole number', () => {
    const shape = { m: 23, n: 19, k: 700 };
    const whole = (seed: number, count: number) => randomFloats(seed, count, 9).map(Math.trunc);
    const a = { values: whole(1, 23 * 700), row: 700, column: 1 };
    const b = { values: whole(2, 700 * 19), row: 19, column: 1 };
    const c = product(kernels, a, b, new Float32Array(23 * 19), shape, plain);
    const exact = Float32Array.from(multiply(a, b, 23, 19, 700).product, (v) => v + 0);
    expect(
      firstDifference(
        c.map((v) => v + 0),
        exact,
      ),
    ).toBe(-1);
  });

  it.each([
    { m: 300, n: 300, k: 300 },
    { m: 103, n: 1027, k: 3 },
    { m: 7, n: 11, k: 1100 },
    { m: 1, n: 1025, k: 3 },
  ])('agrees with float64 beyond its blocks: $m × $n × $k', (shape) => {
    expect(worst(kernels, 5, shape, plain)).toBeLessThanOrEqual(1);
    expect(worst(kernels, 6, shape, { ...plain, accumulate: true })).toBeLessThanOrEqual(1);
  });

  it('clears C for k = 0, or leaves it when it adds', () => {
    const none = { values: new Float32Array(1), row: 0, column: 1 };
    const before = randomFloats(1, 6 * 5);
    const shape = { m: 6, n: 3, k: 0 };
    const cleared = product(kernels, none, none, before, shape, { ...plain, gap: 2 });
    expect(Array.from(cleared)).toEqual(Array.from(before, (v, at) => (at % 5 < 3 ? 0 : v)));
    const kept = product(kernels, none, none, before, shape, {
      ...plain,
      gap: 2,
      accumulate: true,
    });
    expect(kept).toEqual(before);
  });

  it('touches nothing where m or n is 0', () => {
    const a = { values: randomFloats(1, 20), row: 4, column: 1 };
    const before = randomFloats(2, 20);
    expect(product(kernels, a, a, before, { m: 0, n: 4, k: 4 }, plain)).toEqual(before);
    expect(product(kernels, a, a, before, { m: 4, n: 0, k: 4 }, plain)).toEqual(before);
  });

  it('gives each element the same bits whatever m, n and its place are', () => {
    const shape = { m: 37, n: 29, k: 1100 };
    const a = strided(1, shape.m, shape.k, false, 0);
    const b = strided(2, shape.k, shape.n, true, 3);
    const before = randomFloats(3, shape.m * shape.n);
    for (const accumulate of [false, true]) {
      const layout = { ...plain, accumulate };
      const whole = product(kernels, a, b, before, shape, layout);
      const pick = fc.tuple(
        fc.integer({ min: 0, max: 36 }),
        fc.integer({ min: 0, max: 28 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
      );
      fc.assert(
        fc.property(pick, ([i, j, height, width]) => {
          const m = Math.min(height, shape.m - i);
          const n = Math.min(width, shape.n - j);
          const place = (r: number, s: number) => (i + r) * shape.n + j + s;
          const start = Float32Array.from(
            { length: m * n },
            (_, at) => before[place(Math.floor(at / n), at % n)] as number,
          );
          const partA = { ...a, values: a.values.subarray(i * a.row) };
          const partB = { ...b, values: b.values.subarray(j * b.column) };
          const part = product(kernels, partA, partB, start, { m, n, k: shape.k }, layout);
          const same = part.map((_, at) => whole[place(Math.floor(at / n), at % n)] as number);
          return firstDifference(part, same) < 0;
        }),
        { numRuns: 40 },
      );
    }
  });

  it('gives the same bits for transposed copies of the same operands', () => {
    const [m, n, k] = [13, 21, 34];
    const a = strided(1, m, k, false, 0);
    const b = strided(2, k, n, false, 0);
    const turn = (x: Float32Array, rows: number, columns: number) =>
      x.map((_, at) => x[(at % rows) * columns + Math.floor(at / rows)] as number);
    const turnedA = { values: turn(a.values, m, k), row: 1, column: m };
    const turnedB = { values: turn(b.values, k, n), row: 1, column: k };
    const empty = new Float32Array(m * n);
    const straight = product(kernels, a, b, empty, { m, n, k }, plain);
    const turned = product(kernels, turnedA, turnedB, empty, { m, n, k }, plain);
    expect(firstDifference(turned, straight)).toBe(-1);
    expect(firstDifference(product(kernels, a, b, empty, { m, n, k }, plain), straight)).toBe(-1);
  });

  it('is exact in denormals, and keeps the sign of a −0 that is added to', () => {
    const shape = { m: 7, n: 11, k: 9 };
    const whole = (seed: number, count: number) => randomFloats(seed, count, 99).map(Math.trunc);
    const tiny = whole(1, 63).map((v) => v * 2 ** -149);
    const a = { values: tiny, row: 9, column: 1 };
    const b = { values: whole(2, 99), row: 11, column: 1 };
    const c = product(kernels, a, b, new Float32Array(77), shape, plain);
    const { product: exact } = multiply(a, b, 7, 11, 9);
    expect(c.every((v, at) => v === exact[at])).toBe(true);
    expect(c.some((v) => v !== 0)).toBe(true);
    const none = { values: Float32Array.of(-0), row: 1, column: 1 };
    const one = { values: Float32Array.of(1), row: 1, column: 1 };
    const adding = { ...plain, accumulate: true };
    const unit = { m: 1, n: 1, k: 0 };
    expect(product(kernels, none, one, Float32Array.of(-0), unit, adding)[0]).toBe(-0);
  });

  it('shows NaN and infinity in their own row or column, and nowhere else', () => {
    const shape = { m: 13, n: 19, k: 21 };
    const a = strided(1, shape.m, shape.k, false, 0);
    const b = strided(2, shape.k, shape.n, false, 0);
    const empty = new Float32Array(shape.m * shape.n);
    const clean = product(kernels, a, b, empty, shape, plain);
    for (const special of [NaN, Infinity, -Infinity]) {
      const spoiltA = { ...a, values: a.values.slice() };
      spoiltA.values[11 * shape.k + 20] = special;
      const rows = product(kernels, spoiltA, b, empty, shape, plain);
      rows.forEach((v, at) => {
        const factor = b.values[20 * shape.n + (at % shape.n)] as number;
        expect(v).toBe(Math.floor(at / shape.n) === 11 ? special * factor : clean[at]);
      });
      const spoiltB = { ...b, values: b.values.slice() };
      spoiltB.values[5 * shape.n + 18] = special;
      const columns = product(kernels, a, spoiltB, empty, shape, plain);
      columns.forEach((v, at) => {
        const factor = a.values[Math.floor(at / shape.n) * shape.k + 5] as number;
        expect(v).toBe(at % shape.n === 18 ? special * factor : clean[at]);
      });
    }
  });
});
