import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerNorm } from './reference/rows.js';
import { builds, fenced, fencedRoom, firstDifference, inArena, randomFloats } from './workbench.js';

const roundoff = 2 ** -24;
const sizes = fc.record({
  rows: fc.integer({ min: 0, max: 7 }),
  n: fc.integer({ min: 1, max: 70 }),
  gap: fc.integer({ min: 0, max: 5 }),
  seed: fc.integer({ min: 0, max: 1000 }),
});

describe.each(builds)('scaleRows, $build', (kernels) => {
  const scale = (x: Float32Array, stride: number, factor: number, rows: number, n: number) =>
    inArena(kernels, () => {
      const out = fencedRoom(kernels, rows * n, n % 4);
      kernels.scaleRows(out.pointer, kernels.arena.store(x), stride, factor, rows, n);
      return out.take();
    });

  it('packs the rounded products of rows that lie apart', () => {
    fc.assert(
      fc.property(sizes, ({ rows, n, gap, seed }) => {
        const stride = n + gap;
        const x = randomFloats(seed, rows * stride, 100);
        const factor = Math.fround(0.37);
        const exact = Float32Array.from(
          { length: rows * n },
          (_, at) => (x[Math.floor(at / n) * stride + (at % n)] as number) * factor,
        );
        return firstDifference(scale(x, stride, factor, rows, n), exact) < 0;
      }),
    );
  });

  it('has the products of IEEE arithmetic', () => {
    const x = Float32Array.of(0, -0, Infinity, -Infinity, NaN, 2 ** -149, 3e38);
    const exact = Float32Array.of(0, -0, Infinity, -Infinity, NaN, 2 ** -148, Infinity);
    expect(firstDifference(scale(x, 7, 2, 1, 7), exact)).toBe(-1);
  });
});

describe.each(builds)('gateRows, $build', (kernels) => {
  it('multiplies every row by its factor, between rows that lie apart, also in place', () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), ({ rows, n, gap, seed }, inPlace) => {
        const stride = n + gap;
        const outStride = inPlace ? stride : n + 1;
        const x = randomFloats(seed, rows * stride, 3);
        const factor = randomFloats(seed + 1, rows, 3);
        const y = inArena(kernels, () => {
          const from = fenced(kernels, x);
          const to = inPlace ? from : fencedRoom(kernels, rows * outStride, n % 4);
          const factors = kernels.arena.store(factor);
          kernels.gateRows(to.pointer, outStride, from.pointer, stride, factors, rows, n);
          return to.take();
        });
        const exact = y.map((_, at) => {
          const [t, j] = [Math.floor(at / outStride), at % outStride];
          const own = x[t * stride + j] as number;
          if (j < n) return own * (factor[t] as number);
          return inPlace ? own : NaN;
        });
        return firstDifference(y, exact) < 0;
      }),
    );
  });
});

describe.each(builds)('layerNorm, $build', (kernels) => {
  const normalise = (x: Float32Array, weight: Float32Array, bias: Float32Array, rows: number) =>
    inArena(kernels, () => {
      const { arena } = kernels;
      const at = fenced(kernels, x, rows % 4);
      const [w, b] = [arena.store(weight), arena.store(bias)];
      kernels.layerNorm(at.pointer, at.pointer, w, b, 1e-6, rows, weight.length);
      return at.take();
    });

  /** Largest error in units of 2⁻²⁴ · (|y − bias| + |bias|). */
  const worst = (seed: number, rows: number, n: number, offset: number): number => {
    const x = randomFloats(seed, rows * n, 4).map((v) => v + offset);
    const weight = randomFloats(seed + 1, n, 2);
    const bias = randomFloats(seed + 2, n, 2);
    const y = normalise(x, weight, bias, rows);
    let largest = 0;
    for (let t = 0; t < rows; t++) {
      const row = x.subarray(t * n, (t + 1) * n);
      layerNorm(row, weight, bias, Math.fround(1e-6)).forEach((exact, j) => {
        const size = Math.abs(exact - (bias[j] as number)) + Math.abs(bias[j] as number);
        const error = Math.abs((y[t * n + j] as number) - exact) / (roundoff * size + 1e-12);
        if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
      });
    }
    return largest;
  };

  it('agrees with float64 in place for every size 1 … 70, rows far from 0 included', () => {
    for (let n = 1; n <= 70; n++) {
      for (const offset of [0, 3, -1000]) {
        expect(worst(n, 5, n, offset), `${n}`).toBeLessThanOrEqual(3);
        expect(worst(n, n, 7, offset), `${n} rows`).toBeLessThanOrEqual(3);
      }
    }
  });

  it('gives a constant row the bias alone', () => {
    const bias = randomFloats(1, 7);
    const y = normalise(new Float32Array(7).fill(0.1), randomFloats(2, 7), bias, 1);
    expect(y).toEqual(bias);
  });

  it('takes denormals and the largest numbers, whose squares float32 does not have', () => {
    const ones = new Float32Array(6).fill(1);
    const none = new Float32Array(6);
    const shape = [1, -1, 2, -2, 3, -3];
    const exact = layerNorm(shape, ones, none, 0);
    normalise(
      Float32Array.from(shape, (v) => v * 2 ** 125),
      ones,
      none,
      1,
    ).forEach((v, j) => {
      expect(Math.abs(v - (exact[j] as number))).toBeLessThanOrEqual(3 * roundoff * 2);
    });
    const tiny = normalise(
      Float32Array.from(shape, (v) => v * 2 ** -149),
      ones,
      none,
      1,
    );
    tiny.forEach((v, j) => {
      expect(v).toBe(
        Math.fround(((shape[j] as number) * 2 ** -149) / Math.sqrt(Math.fround(1e-6))),
      );
    });
  });

  it('shows NaN and infinity in their row alone, and the same bits on a second run', () => {
    const x = randomFloats(3, 5 * 9);
    const [weight, bias] = [randomFloats(4, 9), randomFloats(5, 9)];
    const clean = normalise(x, weight, bias, 5);
    expect(firstDifference(normalise(x, weight, bias, 5), clean)).toBe(-1);
    for (const special of [NaN, Infinity, -Infinity]) {
      normalise(x.with(2 * 9 + 8, special), weight, bias, 5).forEach((v, at) => {
        expect(v).toBe(Math.floor(at / 9) === 2 ? NaN : clean[at]);
      });
    }
  });
});
