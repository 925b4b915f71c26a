import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiply, type Strided } from './reference/matrix-product.js';
import { bits, copy, inArena, kernels, randomFloats } from './workbench.js';

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

interface Layout {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Elements between rows beyond what the shape needs. */
  readonly gap: number;
  readonly accumulate: boolean;
}

const plain: Layout = { transposeA: false, transposeB: false, gap: 0, accumulate: false };
const roundoff = 2 ** -24;

function strided(seed: number, rows: number, columns: number, transpose: boolean, gap: number) {
  const [lines, length] = transpose ? [columns, rows] : [rows, columns];
  const line = length + gap;
  const values = randomFloats(seed, Math.max(1, lines * line));
  return transpose ? { values, row: 1, column: line } : { values, row: line, column: 1 };
}

/** C with `gap` elements after each row, as the kernel leaves it. */
function product(a: Strided, b: Strided, c: Float32Array, shape: Shape, layout: Layout) {
  const { m, n, k } = shape;
  return inArena(() => {
    const out = kernels.arena.store(c);
    const from = kernels.arena.store(a.values);
    const by = kernels.arena.store(b.values);
    const { scratch } = kernels;
    const row = n + layout.gap;
    kernels.gemm(
      out,
      row,
      from,
      a.row,
      a.column,
      by,
      b.row,
      b.column,
      m,
      n,
      k,
      layout.accumulate,
      scratch,
    );
    return copy(out, c.length);
  });
}

/** Largest error in units of the bound (k + 1)·2⁻²⁴·Σ|terms|; what lies between rows must be unchanged. */
function worst(seed: number, shape: Shape, layout: Layout): number {
  const { m, n, k } = shape;
  const a = strided(seed, m, k, layout.transposeA, layout.gap);
  const b = strided(seed + 1, k, n, layout.transposeB, layout.gap);
  const before = randomFloats(seed + 2, m * (n + layout.gap));
  const after = product(a, b, before, shape, layout);
  const { product: exact, sizes } = multiply(a, b, m, n, k);
  let largest = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n + layout.gap; j++) {
      const at = i * (n + layout.gap) + j;
      const [old, now] = [before[at] as number, after[at] as number];
      if (j >= n) {
        if (old !== now) return Number.POSITIVE_INFINITY;
        continue;
      }
      const start = layout.accumulate ? old : 0;
      const error = Math.abs(now - (start + (exact[i * n + j] as number)));
      const size = (sizes[i * n + j] as number) + Math.abs(start);
      if (error > 0) largest = Math.max(largest, error / ((k + 1) * roundoff * size));
    }
  }
  return largest;
}

describe('gemm', () => {
  it('agrees with float64 for every size 1 … 40 of each dimension', () => {
    for (let size = 1; size <= 40; size++) {
      const other = ((size * 7) % 40) + 1;
      const third = ((size * 13) % 40) + 1;
      for (const [m, n, k] of [
        [size, other, third],
        [third, size, other],
        [other, third, size],
        [size, size, size],
      ] as const) {
        expect(worst(size, { m, n, k }, plain), `${m} × ${n} × ${k}`).toBeLessThanOrEqual(1);
      }
    }
  });

  it('agrees with float64 for any sizes, strides and transposes, added to C or not', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        fc.record({ m: size, n: size, k: fc.integer({ min: 0, max: 40 }) }),
        fc.record({
          transposeA: fc.boolean(),
          transposeB: fc.boolean(),
          gap: fc.integer({ min: 0, max: 9 }),
          accumulate: fc.boolean(),
        }),
        fc.integer({ min: 0, max: 1000 }),
        (shape, layout, seed) => worst(seed, shape, layout) <= 1,
      ),
      { numRuns: 300 },
    );
  });

  it('is exact where every sum is a small whole number', () => {
    const shape = { m: 23, n: 19, k: 700 };
    const whole = (seed: number, count: number) => randomFloats(seed, count, 9).map(Math.trunc);
    const a = { values: whole(1, 23 * 700), row: 700, column: 1 };
    const b = { values: whole(2, 700 * 19), row: 19, column: 1 };
    const c = product(a, b, new Float32Array(23 * 19), shape, plain);
    expect(Array.from(c)).toEqual(Array.from(multiply(a, b, 23, 19, 700).product));
  });

  it.each([
    { m: 300, n: 300, k: 300 },
    { m: 103, n: 1027, k: 3 },
    { m: 7, n: 11, k: 1100 },
    { m: 1, n: 1025, k: 3 },
  ])('agrees with float64 beyond its blocks: $m × $n × $k', (shape) => {
    expect(worst(5, shape, plain)).toBeLessThanOrEqual(1);
    expect(worst(6, shape, { ...plain, accumulate: true })).toBeLessThanOrEqual(1);
  });

  it('clears C for k = 0, or leaves it when it adds', () => {
    const none = { values: new Float32Array(1), row: 0, column: 1 };
    const before = randomFloats(1, 6 * 5);
    const shape = { m: 6, n: 3, k: 0 };
    const cleared = product(none, none, before, shape, { ...plain, gap: 2 });
    expect(Array.from(cleared)).toEqual(Array.from(before, (v, at) => (at % 5 < 3 ? 0 : v)));
    const kept = product(none, none, before, shape, { ...plain, gap: 2, accumulate: true });
    expect(kept).toEqual(before);
  });

  it('touches nothing where m or n is 0', () => {
    const a = { values: randomFloats(1, 20), row: 4, column: 1 };
    const before = randomFloats(2, 20);
    expect(product(a, a, before, { m: 0, n: 4, k: 4 }, plain)).toEqual(before);
    expect(product(a, a, before, { m: 4, n: 0, k: 4 }, plain)).toEqual(before);
  });

  it('gives each element the same bits whatever m, n and its place are', () => {
    const shape = { m: 37, n: 29, k: 1100 };
    const a = strided(1, shape.m, shape.k, false, 0);
    const b = strided(2, shape.k, shape.n, true, 3);
    const before = randomFloats(3, shape.m * shape.n);
    for (const accumulate of [false, true]) {
      const layout = { ...plain, accumulate };
      const whole = bits(product(a, b, before, shape, layout));
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
          const part = bits(product(partA, partB, start, { m, n, k: shape.k }, layout));
          return part.every((word, at) => word === whole[place(Math.floor(at / n), at % n)]);
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
    const straight = product(a, b, empty, { m, n, k }, plain);
    const turned = product(turnedA, turnedB, empty, { m, n, k }, plain);
    expect(bits(turned)).toEqual(bits(straight));
    expect(bits(product(a, b, empty, { m, n, k }, plain))).toEqual(bits(straight));
  });
});
