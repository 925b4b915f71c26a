import { absent } from '@tripartite/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { power, total } from './reference/synapses.js';
import { copy, inArena, kernels, randomFloats, room, ulp, uniform } from './workbench.js';

const { arena } = kernels;
const exponentList = fc.array(fc.oneof(fc.integer({ min: -300, max: 300 }), fc.constant(absent)), {
  minLength: 1,
  maxLength: 12,
});

describe('largestExponent', () => {
  it('is the largest of all', () => {
    fc.assert(
      fc.property(exponentList, fc.integer({ min: -400, max: 400 }), (list, start) => {
        const found = inArena(() =>
          kernels.largestExponent(arena.store(Int32Array.from(list)), start, list.length),
        );
        return found === Math.max(start, ...list);
      }),
    );
  });

  it('is the given one where there are no rows', () => {
    expect(kernels.largestExponent(0, absent, 0)).toBe(absent);
  });
});

describe('stretchValues', () => {
  it('brings [v | 1] to one unit, and silent tokens to 0 whatever they hold', () => {
    fc.assert(
      fc.property(exponentList, fc.integer({ min: 0, max: 9 }), (list, width) => {
        const rows = list.length;
        const stride = width + 2;
        const v = randomFloats(rows, rows * stride, 5);
        list.forEach((e, t) => {
          if (e === absent) v.fill(NaN, t * stride, (t + 1) * stride);
        });
        const unit = Math.max(...list);
        const out = inArena(() => {
          const at = room(rows * (width + 1) + 1);
          const exponents = arena.store(Int32Array.from(list));
          kernels.stretchValues(at, arena.store(v), stride, exponents, unit, rows, width);
          return copy(at, rows * (width + 1) + 1);
        });
        list.forEach((e, t) => {
          for (let j = 0; j <= width; j++) {
            const own = j < width ? (v[t * stride + j] as number) : 1;
            const silent = e === absent && unit !== absent;
            const exact = silent || (e === absent && j < width) ? 0 : own * power(e - unit);
            expect(out[t * (width + 1) + j]).toBe(Math.fround(exact));
          }
        });
        expect(out[rows * (width + 1)]).toBeNaN();
      }),
    );
  });
});

describe('rescale', () => {
  it('multiplies exactly by powers of two, and by 0 below 2⁻¹²⁶', () => {
    for (const shift of [0, -1, -20, -126, -127, -5000, absent, 7, 127]) {
      const x = randomFloats(1, 13);
      const y = inArena(() => {
        const at = arena.store(x);
        kernels.rescale(at, shift, 12);
        return copy(at, 13);
      });
      x.forEach((v, i) => {
        expect(y[i]).toBe(i < 12 ? Math.fround(v * power(shift)) : v);
      });
    }
  });
});

describe('accumulate', () => {
  /** Adds the same-numbered value of each row, one row after the other. */
  const accumulate = (rows: Iterable<Float32Array>, n: number) =>
    inArena(() => {
      const sum = arena.store(new Float32Array(n));
      const rest = arena.store(new Float32Array(n));
      const x = arena.floats(n);
      for (const row of rows) {
        arena.viewFloats(x, n).set(row);
        kernels.accumulate(sum, rest, x, n);
      }
      return { sum: copy(sum, n), rest: copy(rest, n) };
    });

  it('sums a million small values to 1 ulp', () => {
    const value = Math.fround(0.1);
    const one = Float32Array.of(value);
    const { sum } = accumulate(
      (function* () {
        for (let i = 0; i < 1e6; i++) yield one;
      })(),
      1,
    );
    const exact = 1e6 * value;
    expect(Math.abs((sum[0] as number) - exact)).toBeLessThanOrEqual(ulp(exact));
    // What plain float32 addition makes of it is off by more than a thousand ulp.
    let plain = 0;
    for (let i = 0; i < 1e6; i++) plain = Math.fround(plain + value);
    expect(Math.abs(plain - exact)).toBeGreaterThan(1000 * ulp(exact));
  });

  it('sums random values of any order of magnitude to 1 ulp of Σ|values|', () => {
    for (const seed of [1, 2, 3]) {
      const draw = uniform(seed);
      const rows = Array.from({ length: 20_000 }, () =>
        Float32Array.from(
          { length: 5 },
          () => (draw() - (seed === 1 ? 0 : 0.5)) * 2 ** Math.floor(draw() * 24 - 12),
        ),
      );
      const { sum, rest } = accumulate(rows, 5);
      sum.forEach((value, j) => {
        const column = rows.map((row) => row[j] as number);
        const exact = total(column);
        const size = total(column.map(Math.abs));
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(ulp(size));
        // The second part holds what the first one lost.
        expect(Math.abs(value + (rest[j] as number) - exact)).toBeLessThanOrEqual(ulp(size) / 16);
        expect(Math.abs(rest[j] as number)).toBeLessThanOrEqual(ulp(value));
      });
    }
  });
});

describe('causalWeights', () => {
  it('weighs keys up to the query by the running exponent, later ones by 0', () => {
    fc.assert(
      fc.property(
        exponentList,
        fc.oneof(fc.integer({ min: -300, max: 300 }), fc.constant(absent)),
        fc.integer({ min: 0, max: 3 }),
        (list, start, gap) => {
          const rows = list.length;
          const stride = rows + gap;
          const weights = randomFloats(rows, rows * stride);
          list.forEach((e, s) => {
            // A silent key's column is 0, as `excite` leaves it.
            if (e === absent) for (let t = 0; t < rows; t++) weights[t * stride + s] = 0;
          });
          const [after, running, factors] = inArena(() => {
            const at = arena.store(weights);
            const [run, factor] = [arena.floats(rows), room(rows)];
            const exponents = arena.store(Int32Array.from(list));
            kernels.causalWeights(at, stride, run, factor, exponents, start, rows);
            return [
              copy(at, rows * stride),
              arena.viewIntegers(run, rows).slice(),
              copy(factor, rows),
            ] as const;
          });
          let top = start;
          list.forEach((e, t) => {
            top = Math.max(top, e);
            expect(running[t]).toBe(top);
            expect(factors[t]).toBe(power(start - top));
            for (let s = 0; s < stride; s++) {
              const own = weights[t * stride + s] as number;
              const seen = s <= t ? own * power((list[s] as number) - top) : 0;
              expect(after[t * stride + s]).toBe(s < rows ? Math.fround(seen) : own);
            }
          });
        },
      ),
    );
  });
});
