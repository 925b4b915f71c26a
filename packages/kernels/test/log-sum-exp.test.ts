import { describe, expect, it } from 'vitest';
import { logSumExp } from './reference/log-sum-exp.js';
import { builds, inArena, ulp, uniform } from './workbench.js';

describe.each(builds)('$build', (kernels) => {
  const { arena } = kernels;

  /** The two widths, with the error that each allows in a row of n values beside rounding of the result. */
  const widths = [
    {
      name: 'logSumExpRows',
      array: Float32Array,
      kernel: kernels.logSumExpRows,
      bound: (_n: number, truth: number) => 4e-7 + ulp(truth) / 2,
    },
    {
      name: 'logSumExpRows64',
      array: Float64Array,
      kernel: kernels.logSumExpRows64,
      bound: (n: number, truth: number) => (8 + n / 2) * 2 ** -53 + ulp(truth) * 2 ** -29,
    },
  ] as const;

  describe.each(widths)('$name', ({ array, kernel, bound }) => {
    /** Results of rows `gap` apart, and two places behind them. */
    const run = (x: Float32Array | Float64Array, rows: number, n: number, gap = 0): number[] =>
      inArena(kernels, () => {
        const bytes = array.BYTES_PER_ELEMENT;
        const out = arena.allocate((rows + 2) * bytes);
        const view = () => new array(arena.memory.buffer, out, rows + 2);
        view().fill(77);
        kernel(out, arena.store(x), n + gap, rows, n);
        return Array.from(view());
      });
    const draw = (seed: number, count: number, size: number) => {
      const next = uniform(seed);
      return array.from(Array.from({ length: count }, () => (2 * next() - 1) * size));
    };

    it('is within its bound for every n from 1 to 70, rows lying apart, and writes no more', () => {
      for (let n = 1; n <= 70; n++) {
        for (const [size, gap] of [
          [1, 0],
          [30, 1],
          [800, 3],
        ] as const) {
          // What lies between rows must not count.
          const x = draw(n, 3 * (n + gap), size).map((v, at) => (at % (n + gap) < n ? v : NaN));
          const found = run(x, 3, n, gap);
          for (let t = 0; t < 3; t++) {
            const truth = logSumExp(x.subarray(t * (n + gap), t * (n + gap) + n));
            expect(Math.abs((found[t] as number) - truth)).toBeLessThanOrEqual(bound(n, truth));
          }
          expect(found.slice(3)).toEqual([77, 77]);
        }
      }
    });

    it('is ln n above n equal values, however large they are', () => {
      for (const value of [0, 1000, -1000, 3e38, -3e38]) {
        const x = new array(64).fill(value);
        const truth = (x[0] as number) + Math.log(64);
        const [found] = run(x, 1, 64);
        expect(Math.abs((found as number) - truth)).toBeLessThanOrEqual(bound(64, truth));
      }
    });

    it('shifts with its values: exact powers of two change no digit', () => {
      const x = draw(5, 33, 1).map((v) => Math.round(v * 1024) / 1024);
      const [low] = run(x, 1, 33);
      const [high] = run(
        x.map((v) => v + 512),
        1,
        33,
      );
      expect(Math.abs((high as number) - 512 - (low as number))).toBeLessThanOrEqual(ulp(512));
    });

    it.each([1, 2, 3, 4, 5, 8, 11])('has the limits of theory in rows of %i', (n) => {
      for (let place = 0; place < n; place++) {
        const row = (value: number, rest: number) =>
          new array(n).fill(rest).fill(value, place, place + 1);
        expect(run(row(Infinity, 1), 1, n)[0]).toBe(Infinity);
        expect(run(row(Infinity, -Infinity), 1, n)[0]).toBe(Infinity);
        expect(run(row(NaN, 1), 1, n)[0]).toBeNaN();
        expect(run(row(NaN, Infinity), 1, n)[0]).toBeNaN();
        expect(run(row(NaN, -Infinity), 1, n)[0]).toBeNaN();
        expect(run(row(-2, -Infinity), 1, n)[0]).toBe(-2);
        expect(run(row(-Infinity, -Infinity), 1, n)[0]).toBe(-Infinity);
        expect(run(row(2 ** -140, -1e30), 1, n)[0]).toBe(2 ** -140);
      }
    });

    it('is −∞ for rows of nothing, and nothing for no rows', () => {
      expect(run(new array(0), 2, 0)).toEqual([-Infinity, -Infinity, 77, 77]);
      expect(run(new array(4), 0, 4)).toEqual([77, 77]);
    });

    it('gives the same bits on a second run', () => {
      const x = draw(9, 5 * 131, 20);
      expect(run(x, 5, 131)).toEqual(run(x, 5, 131));
    });
  });
});
