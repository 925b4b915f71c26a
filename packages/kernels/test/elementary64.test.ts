import { describe, expect, it } from 'vitest';
import * as exact from './reference/exact.js';
import { builds, inArena, uniform } from './workbench.js';

describe.each(builds)('$build', (kernels) => {
  const { arena } = kernels;

  type Elementary64 = (out: number, x: number, n: number) => void;

  function apply(kernel: Elementary64, x: Float64Array): Float64Array {
    return inArena(kernels, () => {
      const out = arena.allocate(x.byteLength);
      arena.viewDoubles(out, x.length).fill(Number.NaN);
      kernel(out, arena.store(x), x.length);
      return arena.viewDoubles(out, x.length).slice();
    });
  }

  function words(values: Float64Array): BigUint64Array {
    return new BigUint64Array(values.buffer, values.byteOffset, values.length).slice();
  }

  /** `count` values drawn from `low` to `high`. */
  function between(low: number, high: number, count = 4000): Float64Array {
    const draw = uniform(count + Math.abs(low));
    return Float64Array.from({ length: count }, () => low + (high - low) * draw());
  }

  /** Both signs of every power of two that float64 has, once times 1, once times 1.37. */
  const powers = Float64Array.from({ length: 4 * 2098 }, (_, at) => {
    const size = (at & 2 ? 1.37 : 1) * 2 ** (Math.floor(at / 4) - 1074);
    return at & 1 ? -size : size;
  });

  /** Largest error of the kernel, in ulp. */
  function worst(kernel: Elementary64, truth: (x: number) => exact.Exact, x: Float64Array): number {
    const y = apply(kernel, x);
    return x.reduce((largest, value, at) => {
      const own = y[at] as number;
      if (!Number.isFinite(own)) return Infinity;
      return Math.max(largest, exact.ulps(own, truth(value)));
    }, 0);
  }

  describe('the exact reference', () => {
    it('agrees with published digits', () => {
      expect(exact.ulps(Math.E, exact.exp(1))).toBeLessThanOrEqual(0.5);
      expect(exact.ulps(0.7615941559557649, exact.tanh(1))).toBeLessThanOrEqual(0.5);
      expect(exact.ulps(Math.LN10, exact.log(10))).toBeLessThanOrEqual(0.5);
      expect(exact.ulps(Math.LN10 * (1 + 2 ** -52), exact.log(10))).toBeGreaterThanOrEqual(0.5);
      expect(exact.ulps(1, exact.exact(1 + 4 * 2 ** -52))).toBe(4);
    });
  });

  describe('exp64', () => {
    it('is within 2 ulp wherever the result is finite, denormal results included', () => {
      const finite = powers.filter((x) => x > -745 && x < 709);
      for (const x of [between(-745.1, -700), between(-700, 709.7), between(-1, 1), finite]) {
        expect(worst(kernels.exp64, exact.exp, x)).toBeLessThanOrEqual(2);
      }
    });

    it('has the limits of IEEE arithmetic', () => {
      const x = Float64Array.of(0, -0, Infinity, -Infinity, NaN, 709.79, -745.14, 1e300, -1e300);
      const y = [1, 1, Infinity, 0, NaN, Infinity, 0, Infinity, 0];
      expect(Array.from(apply(kernels.exp64, x))).toEqual(y);
    });
  });

  describe('tanh64', () => {
    it('is within 5 ulp over all of float64', () => {
      const near = powers.filter((x) => Math.abs(x) < 40);
      for (const x of [between(0.1, 0.3), between(-1, 1), between(-25, 25), near]) {
        expect(worst(kernels.tanh64, exact.tanh, x)).toBeLessThanOrEqual(5);
      }
    });

    it('is odd to the last bit, never beyond ±1, and keeps ±0 and NaN', () => {
      const x = Float64Array.from([...between(0, 25, 50_000), ...between(17, 20, 50_000), 1e300]);
      const up = apply(kernels.tanh64, x);
      const down = apply(
        kernels.tanh64,
        x.map((v) => -v),
      );
      expect(words(down.map((v) => -v))).toEqual(words(up));
      expect(up.every((v) => v <= 1)).toBe(true);
      const ends = apply(kernels.tanh64, Float64Array.of(0, -0, Infinity, -Infinity, NaN));
      expect(Array.from(ends)).toEqual([0, -0, 1, -1, NaN]);
    });
  });

  describe('log', () => {
    it('is within 1 ulp over all of float64', () => {
      const values = [...powers.filter((x) => x > 0), ...between(0.5, 2), ...between(0, 1e5)];
      const errors = values.map((x) => exact.ulps(kernels.log(x), exact.log(x)));
      expect(errors.every((e) => e <= 1)).toBe(true);
    });

    it('has the limits of IEEE arithmetic', () => {
      const x = [1, 0, -0, Infinity, -Infinity, NaN, -1];
      const y = [0, -Infinity, -Infinity, Infinity, NaN, NaN, NaN];
      expect(x.map((v) => kernels.log(v))).toEqual(y);
    });
  });

  describe('float64 array kernels', () => {
    it.each([
      ['exp64', kernels.exp64],
      ['tanh64', kernels.tanh64],
    ])('%s gives every length from 0 to 70 the same bits, and writes no more', (_, kernel) => {
      const x = between(-5, 5, 80);
      const whole = words(apply(kernel, x));
      for (let n = 0; n <= 70; n++) {
        for (const start of [0, 1, 7]) {
          const out = inArena(kernels, () => {
            // From the second value on, so that lanes lie across 16-byte boundaries.
            const at = arena.allocate((n + 4) * 8) + 8 * (start & 1);
            arena.viewDoubles(at, n + 3).fill(77);
            kernel(at, arena.store(x) + 8 * start, n);
            return arena.viewDoubles(at, n + 3).slice();
          });
          expect(words(out.slice(0, n))).toEqual(whole.slice(start, start + n));
          expect(Array.from(out.slice(n))).toEqual([77, 77, 77]);
        }
      }
    });

    it.each([
      ['exp64', kernels.exp64],
      ['tanh64', kernels.tanh64],
    ])('%s may work in place', (_, kernel) => {
      const x = between(-5, 5, 13);
      const inPlace = inArena(kernels, () => {
        const at = arena.store(x);
        kernel(at, at, 13);
        return arena.viewDoubles(at, 13).slice();
      });
      expect(words(inPlace)).toEqual(words(apply(kernel, x)));
    });
  });
});
