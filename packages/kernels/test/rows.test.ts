import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerNorm, quadraticForm, softmaxRow } from './reference/rows.js';
import { bits, copy, inArena, kernels, randomFloats, room, uniform } from './workbench.js';

const { arena } = kernels;
const roundoff = 2 ** -24;
const sizes = fc.record({
  rows: fc.integer({ min: 0, max: 7 }),
  n: fc.integer({ min: 1, max: 19 }),
  gap: fc.integer({ min: 0, max: 5 }),
  seed: fc.integer({ min: 0, max: 1000 }),
});

describe('scaleRows', () => {
  it('packs the rounded products of rows that lie apart', () => {
    fc.assert(
      fc.property(sizes, ({ rows, n, gap, seed }) => {
        const stride = n + gap;
        const x = randomFloats(seed, rows * stride + 1, 100);
        const factor = Math.fround(0.37);
        const packed = inArena(() => {
          const out = room(rows * n + 1);
          kernels.scaleRows(out, arena.store(x), stride, factor, rows, n);
          return copy(out, rows * n + 1);
        });
        const exact = Float32Array.from(
          { length: rows * n },
          (_, at) => (x[Math.floor(at / n) * stride + (at % n)] as number) * factor,
        );
        expect(packed.slice(0, -1)).toEqual(exact);
        expect(packed[rows * n]).toBeNaN();
      }),
    );
  });
});

describe('fillRows', () => {
  it('copies the bias into every row and nothing between rows', () => {
    fc.assert(
      fc.property(sizes, ({ rows, n, gap, seed }) => {
        const bias = randomFloats(seed, n);
        const filled = inArena(() => {
          const out = room(rows * (n + gap));
          kernels.fillRows(out, n + gap, arena.store(bias), rows, n);
          return copy(out, rows * (n + gap));
        });
        filled.forEach((v, at) => {
          const j = at % (n + gap);
          expect(v).toBe(j < n ? bias[j] : NaN);
        });
      }),
    );
  });
});

describe('transpose', () => {
  it('puts element (i, j) at (j, i), over more than one block, and nothing between rows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer(),
        (rows, columns, gap, seed) => {
          const x = randomFloats(seed, rows * columns);
          const stride = rows + gap;
          const turned = inArena(() => {
            const out = room(columns * stride);
            kernels.transpose(out, stride, arena.store(x), rows, columns);
            return copy(out, columns * stride);
          });
          turned.forEach((v, at) => {
            const [j, i] = [Math.floor(at / stride), at % stride];
            expect(v).toBe(i < rows ? x[i * columns + j] : NaN);
          });
        },
      ),
    );
  });
});

describe('layerNorm', () => {
  const normalise = (x: Float32Array, weight: Float32Array, bias: Float32Array, rows: number) =>
    inArena(() => {
      const at = arena.store(x);
      kernels.layerNorm(at, at, arena.store(weight), arena.store(bias), 1e-6, rows, weight.length);
      return copy(at, x.length);
    });

  it('agrees with float64 in place, rows far from 0 included', () => {
    fc.assert(
      fc.property(sizes, fc.constantFrom(0, 3, -1000), ({ rows, n, seed }, offset) => {
        const x = randomFloats(seed, rows * n, 4).map((v) => v + offset);
        const weight = randomFloats(seed + 1, n, 2);
        const bias = randomFloats(seed + 2, n, 2);
        const y = normalise(x, weight, bias, rows);
        for (let t = 0; t < rows; t++) {
          const row = x.subarray(t * n, (t + 1) * n);
          layerNorm(row, weight, bias, Math.fround(1e-6)).forEach((exact, j) => {
            const size = Math.abs(exact - (bias[j] as number)) + Math.abs(bias[j] as number);
            const error = Math.abs((y[t * n + j] as number) - exact);
            expect(error).toBeLessThanOrEqual(4 * roundoff * size + 1e-12);
          });
        }
      }),
    );
  });

  it('gives a constant row the bias alone', () => {
    const bias = randomFloats(1, 7);
    const y = normalise(new Float32Array(7).fill(0.1), randomFloats(2, 7), bias, 1);
    expect(y).toEqual(bias);
  });
});

describe('quadraticForm', () => {
  it('agrees with float64, with and without gain, set or added', () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), fc.boolean(), ({ rows, n, seed }, gained, added) => {
        const x = randomFloats(seed, rows * n, 10);
        const gain = gained ? randomFloats(seed + 1, n) : undefined;
        const before = randomFloats(seed + 2, rows, 50);
        const y = inArena(() => {
          const out = arena.store(before);
          const at = gain ? arena.store(gain) : 0;
          kernels.quadraticForm(out, arena.store(x), at, -0.5, 1.25, rows, n, added);
          return copy(out, rows);
        });
        y.forEach((value, t) => {
          const row = x.subarray(t * n, (t + 1) * n);
          const exact = quadraticForm(row, gain, -0.5, 1.25);
          const start = added ? (before[t] as number) : 0;
          const bound = (n + 3) * roundoff * (exact.size + Math.abs(start));
          expect(Math.abs(value - exact.value - start)).toBeLessThanOrEqual(bound);
        });
      }),
    );
  });
});

describe('softmaxRows', () => {
  interface Case {
    readonly rows: number;
    readonly n: number;
    readonly causal: number;
    readonly mask?: Uint8Array;
  }

  const run = (x: Float32Array, stride: number, { rows, n, causal, mask }: Case) =>
    inArena(() => {
      const at = arena.store(x);
      const sums = room(rows);
      const maxima = room(rows);
      const seen = mask ? arena.store(mask) : 0;
      kernels.softmaxRows(at, stride, sums, maxima, seen, causal, rows, n);
      return {
        weights: copy(at, x.length),
        sums: copy(sums, rows),
        maxima: copy(maxima, rows),
      };
    });

  it('agrees with float64 with any mask, causal or not, and with scores of any size', () => {
    const cases = fc.record({
      rows: fc.integer({ min: 1, max: 9 }),
      n: fc.integer({ min: 1, max: 21 }),
      gap: fc.integer({ min: 0, max: 4 }),
      causal: fc.integer({ min: -1, max: 20 }),
      masked: fc.boolean(),
      size: fc.constantFrom(1, 30, 1e4),
      seed: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(cases, ({ rows, n, gap, causal, masked, size, seed }) => {
        const stride = n + gap;
        const x = randomFloats(seed, rows * stride, size);
        const draw = uniform(seed + 1);
        const mask = Uint8Array.from({ length: n }, () => (draw() < 0.6 ? 1 : 0));
        const given = { rows, n, causal, ...(masked ? { mask } : {}) };
        const { weights, sums, maxima } = run(x, stride, given);
        for (let t = 0; t < rows; t++) {
          const seen = (s: number) => (!masked || mask[s] === 1) && (causal < 0 || s <= causal + t);
          const exact = softmaxRow(x.subarray(t * stride, t * stride + n), seen);
          expect(maxima[t]).toBe(exact.maximum);
          expect(Math.abs((sums[t] as number) - exact.sum)).toBeLessThanOrEqual(1e-6 * exact.sum);
          for (let s = 0; s < stride; s++) {
            const weight = weights[t * stride + s] as number;
            if (s >= n) expect(weight).toBe(x[t * stride + s]);
            else if (!seen(s)) expect(weight).toBe(0);
            else {
              // x − max is rounded to float32, which shows where it is large.
              const depth = exact.maximum - (x[t * stride + s] as number);
              const truth = exact.weights[s] as number;
              const bound = truth * (2 * roundoff * depth + 3e-7) + 1e-37;
              expect(Math.abs(weight - truth)).toBeLessThanOrEqual(bound);
            }
          }
        }
      }),
      { numRuns: 200 },
    );
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
    expect(bits(a.weights)).toEqual(bits(b.weights));
    expect(bits(a.sums)).toEqual(bits(b.sums));
  });
});

describe('gateRows', () => {
  it('multiplies every row by its factor, between rows that lie apart, also in place', () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), ({ rows, n, gap, seed }, inPlace) => {
        const stride = n + gap;
        const outStride = inPlace ? stride : n + 1;
        const x = randomFloats(seed, rows * stride, 3);
        const factor = randomFloats(seed + 1, rows, 3);
        const y = inArena(() => {
          const from = arena.store(x);
          const to = inPlace ? from : room(rows * outStride);
          kernels.gateRows(to, outStride, from, stride, arena.store(factor), rows, n);
          return copy(to, rows * outStride);
        });
        y.forEach((value, at) => {
          const [t, j] = [Math.floor(at / outStride), at % outStride];
          const own = x[t * stride + j] as number;
          const untouched = inPlace ? own : NaN;
          expect(value).toBe(j < n ? Math.fround(own * (factor[t] as number)) : untouched);
        });
      }),
    );
  });
});
