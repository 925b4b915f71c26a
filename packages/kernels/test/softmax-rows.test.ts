import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { softmaxRow } from './reference/rows.js';
import {
  builds,
  fenced,
  fencedRoom,
  firstDifference,
  inArena,
  randomFloats,
  uniform,
} from './workbench.js';

const roundoff = 2 ** -24;

describe.each(builds)('softmaxRows, $build', (kernels) => {
  const { arena } = kernels;

  interface Case {
    readonly rows: number;
    readonly n: number;
    readonly causal: number;
    readonly mask?: Uint8Array;
  }

  const run = (x: Float32Array, stride: number, { rows, n, causal, mask }: Case) =>
    inArena(kernels, () => {
      const at = fenced(kernels, x, n % 4);
      const [sums, maxima] = [fencedRoom(kernels, rows), fencedRoom(kernels, rows)];
      const seen = mask ? arena.store(mask) : 0;
      const { pointer } = at;
      kernels.softmaxRows(pointer, stride, sums.pointer, maxima.pointer, seen, causal, rows, n);
      return { weights: at.take(), sums: sums.take(), maxima: maxima.take() };
    });

  /** Compares with float64; values between rows must be left as they are. */
  const check = (x: Float32Array, stride: number, given: Case): void => {
    const { rows, n, causal, mask } = given;
    const { weights, sums, maxima } = run(x, stride, given);
    for (let t = 0; t < rows; t++) {
      const seen = (s: number) => (!mask || mask[s] === 1) && (causal < 0 || s <= causal + t);
      const exact = softmaxRow(x.subarray(t * stride, t * stride + n), seen);
      expect(maxima[t]).toBe(exact.maximum);
      expect(Math.abs((sums[t] as number) - exact.sum)).toBeLessThanOrEqual(
        (n / 4 + 8) * roundoff * exact.sum,
      );
      for (let s = 0; s < stride; s++) {
        const weight = weights[t * stride + s] as number;
        if (s >= n) expect(weight).toBe(x[t * stride + s]);
        else if (!seen(s)) expect(weight).toBe(0);
        else {
          // x − max is rounded to float32, which shows where it is large.
          const depth = exact.maximum - (x[t * stride + s] as number);
          const truth = exact.weights[s] as number;
          const bound = truth * roundoff * (4 + depth) + 2 ** -126;
          expect(Math.abs(weight - truth)).toBeLessThanOrEqual(bound);
        }
      }
    }
  };

  it('agrees with float64 for any sizes and mask, causal or not, and with scores of any size', () => {
    const cases = fc.record({
      rows: fc.integer({ min: 1, max: 9 }),
      n: fc.integer({ min: 1, max: 70 }),
      gap: fc.integer({ min: 0, max: 4 }),
      causal: fc.integer({ min: -1, max: 70 }),
      masked: fc.boolean(),
      size: fc.constantFrom(1, 30, 1e4),
      seed: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(cases, ({ rows, n, gap, causal, masked, size, seed }) => {
        const stride = n + gap;
        const draw = uniform(seed + 1);
        const mask = Uint8Array.from({ length: n }, () => (draw() < 0.6 ? 1 : 0));
        const given = { rows, n, causal, ...(masked ? { mask } : {}) };
        check(randomFloats(seed, rows * stride, size), stride, given);
      }),
      { numRuns: 200 },
    );
  });

  it('agrees with float64 for every size 1 … 70', () => {
    for (let n = 1; n <= 70; n++) {
      check(randomFloats(n, 5 * (n + 1), 10), n + 1, { rows: 5, n, causal: n % 3 ? n - 3 : -1 });
    }
  });

  it('has weight 1 alone where one score is largest by far, and denormal scores count as 0', () => {
    const far = run(Float32Array.of(-1e4, 1e4, -Infinity, 0, -1e30), 5, {
      rows: 1,
      n: 5,
      causal: -1,
    });
    expect(Array.from(far.weights)).toEqual([0, 1, 0, 0, 0]);
    expect(far.sums[0]).toBe(1);
    expect(far.maxima[0]).toBe(1e4);
    const tiny = run(Float32Array.of(2 ** -149, -(2 ** -140), 0, -0), 4, {
      rows: 1,
      n: 4,
      causal: -1,
    });
    expect(Array.from(tiny.weights)).toEqual([1, 1, 1, 1]);
    expect(tiny.sums[0]).toBe(4);
  });

  it('shows NaN and +∞ as NaN in the sum of their row alone', () => {
    const x = Float32Array.of(1, 2, NaN, 4, 5, 6, 7, Infinity, 8);
    const { sums } = run(x, 3, { rows: 3, n: 3, causal: -1 });
    expect(Array.from(sums, Number.isNaN)).toEqual([true, false, true]);
  });

  it('lets no NaN of a masked or later key through', () => {
    const x = Float32Array.of(1, NaN, 2, NaN);
    const { weights, sums } = run(x, 4, {
      rows: 1,
      n: 4,
      causal: 2,
      mask: Uint8Array.of(1, 0, 1, 1),
    });
    expect(weights[1]).toBe(0);
    expect(weights[3]).toBe(0);
    expect(weights[2]).toBe(1);
    expect(sums[0]).toBeCloseTo(1 + Math.exp(-1), 6);
  });

  it('gives a row without a key weights and sum 0', () => {
    const x = Float32Array.of(5, NaN, 7, 1, 2, 3);
    const { weights, sums, maxima } = run(x, 3, {
      rows: 2,
      n: 3,
      causal: -1,
      mask: new Uint8Array(3),
    });
    expect(Array.from(weights)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(Array.from(sums)).toEqual([0, 0]);
    expect(Array.from(maxima)).toEqual([-Infinity, -Infinity]);
  });

  it('gives the same bits on a second run', () => {
    const x = randomFloats(1, 5 * 130, 20);
    const given = { rows: 5, n: 130, causal: -1 };
    const [a, b] = [run(x, 130, given), run(x, 130, given)];
    expect(firstDifference(a.weights, b.weights)).toBe(-1);
    expect(firstDifference(a.sums, b.sums)).toBe(-1);
  });
});
