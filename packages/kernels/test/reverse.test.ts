import type { Kernels } from '@tripartite/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everywhere, grid, worst } from './elementary-error.js';
import { gelu } from './reference/elementary.js';
import { geluSlope, layerNormReverse } from './reference/reverse.js';
import { layerNorm } from './reference/rows.js';
import { builds, fenced, firstDifference, inArena, randomFloats, ulp } from './workbench.js';

const roundoff = 2 ** -24;
const epsilon = Math.fround(1e-3);

describe.each(builds)('layerNormReverse, $build', (kernels) => {
  interface Data {
    readonly dy: Float32Array;
    readonly x: Float32Array;
    readonly weight: Float32Array;
    /** What it is added to. */
    readonly before?: Float32Array;
  }

  const draw = (seed: number, rows: number, n: number, offset: number): Required<Data> => ({
    dy: randomFloats(seed, rows * n, 2),
    x: randomFloats(seed + 1, rows * n, 3).map((v) => v + offset),
    weight: randomFloats(seed + 2, n, 2),
    before: randomFloats(seed + 3, rows * n, 2),
  });

  /** Without `before`, in place of dy. */
  const reverse = ({ dy, x, weight, before }: Data): Float32Array =>
    inArena(kernels, () => {
      const { arena } = kernels;
      const n = weight.length;
      const out = fenced(kernels, before ?? dy, n % 4);
      const from = before ? arena.store(dy) : out.pointer;
      const at = [arena.store(x), arena.store(weight)] as const;
      kernels.layerNormReverse(out.pointer, from, ...at, epsilon, x.length / n, n, !!before);
      return out.take();
    });

  /** Largest error in units of the bound. */
  const worstError = ({ dy, x, weight, before }: Data): number => {
    const n = weight.length;
    const own = reverse({ dy, x, weight, ...(before && { before }) });
    let largest = 0;
    for (let t = 0; t < x.length / n; t++) {
      const row = (values: Float32Array) => values.subarray(t * n, (t + 1) * n);
      const { dx, size } = layerNormReverse(row(dy), row(x), weight, epsilon);
      dx.forEach((value, j) => {
        const exact = value + (before?.[t * n + j] ?? 0);
        const error = Math.abs((own[t * n + j] as number) - exact);
        const share = error / (roundoff * Math.abs(exact) + 1e-12 * size);
        if (!(share <= largest)) largest = Number.isNaN(share) ? Infinity : share;
      });
    }
    return largest;
  };

  it('has a reference that is the slope of layer norm', () => {
    const { dy, x, weight } = draw(1, 1, 9, 0.5);
    const { dx } = layerNormReverse(dy, x, weight, epsilon);
    const loss = (row: number[]) =>
      layerNorm(row, weight, weight, epsilon).reduce((sum, y, j) => sum + y * (dy[j] as number), 0);
    dx.forEach((slope, j) => {
      const moved = (by: number) => loss(Array.from(x, (v, i) => (i === j ? v + by : v)));
      expect((moved(1e-5) - moved(-1e-5)) / 2e-5).toBeCloseTo(slope, 7);
    });
  });

  it('agrees with float64 for every size 1 … 70, set or added, rows far from 0 included', () => {
    for (let n = 1; n <= 70; n++) {
      for (const offset of [0, 3, -1000]) {
        const { before, ...data } = draw(n, 3, n, offset);
        expect(worstError(data), `${n}`).toBeLessThanOrEqual(1);
        expect(worstError({ ...data, before }), `${n}, added`).toBeLessThanOrEqual(1);
      }
    }
  });

  it('gives a row the same bits whatever rows are computed with it', () => {
    const { dy, x, weight } = draw(5, 7, 11, 0);
    const whole = reverse({ dy, x, weight });
    for (const cut of [1, 3, 6]) {
      const part = (first: number, last?: number) => ({
        dy: dy.slice(first, last),
        x: x.slice(first, last),
        weight,
      });
      const both = [reverse(part(0, cut * 11)), reverse(part(cut * 11))];
      expect(firstDifference(Float32Array.of(...both.flatMap((v) => [...v])), whole)).toBe(-1);
    }
  });
});

type Reverse = (dx: number, dy: number, at: number, n: number) => void;

/** dx in place of dy. */
function run(kernels: Kernels, kernel: Reverse, dy: Float32Array, at: Float32Array): Float32Array {
  return inArena(kernels, () => {
    const out = fenced(kernels, dy, dy.length % 4);
    kernel(out.pointer, out.pointer, fenced(kernels, at, 1).pointer, dy.length);
    return out.take();
  });
}

/** The kernel's slope, as a function of one array. */
const slopeOf = (kernels: Kernels, kernel: Reverse) => (out: number, x: number, n: number) => {
  kernels.arena.viewFloats(out, n).fill(1);
  kernel(out, out, x, n);
};

describe.each(builds)('geluReverse, $build', (kernels) => {
  it('has a reference that is the slope of GELU', () => {
    for (const x of grid(-7, 7, 101)) {
      expect((gelu(x + 1e-5) - gelu(x - 1e-5)) / 2e-5).toBeCloseTo(geluSlope(x), 8);
    }
  });

  it('is within 3e-7 over all of float32', () => {
    const error = (x: number, y: number) => Math.abs(y - geluSlope(x));
    const slope = slopeOf(kernels, kernels.geluReverse);
    expect(worst(kernels, slope, everywhere, error)).toBeLessThanOrEqual(3e-7);
    expect(worst(kernels, slope, grid(-8, 8), error)).toBeLessThanOrEqual(3e-7);
  });
});

describe.each(builds)('tanhReverse, $build', (kernels) => {
  it('is dy (1 − y²) within 1.5e-7 for every y of tanh', () => {
    const error = (y: number, slope: number) => Math.abs(slope - (1 - y * y));
    const slope = slopeOf(kernels, kernels.tanhReverse);
    expect(worst(kernels, slope, grid(-1, 1), error)).toBeLessThanOrEqual(1.5e-7);
  });
});

describe.each(builds)('reluReverse, $build', (kernels) => {
  it('passes what is above 0 alone', () => {
    const y = Float32Array.of(0, -0, 2 ** -149, 5, Infinity, 0, 3);
    const dy = Float32Array.of(1, NaN, -2, 3, -0, Infinity, NaN);
    expect(Array.from(run(kernels, kernels.reluReverse, dy, y))).toEqual([0, 0, -2, 3, -0, 0, NaN]);
  });
});

describe.each(builds)('reverse passes of activations, $build', (kernels) => {
  it('multiply dy by the slope but for the sign of 0, whatever the length of the array', () => {
    const passes = [kernels.reluReverse, kernels.geluReverse, kernels.tanhReverse];
    for (const pass of passes) {
      for (let n = 0; n <= 9; n++) {
        const [dy, at] = [randomFloats(n, n, 3), randomFloats(n + 1, n)];
        const slope = run(kernels, pass, new Float32Array(n).fill(1), at);
        const exact = dy.map((v, i) => v * (slope[i] as number) + 0);
        expect(run(kernels, pass, dy, at).map((v) => v + 0)).toEqual(exact);
      }
    }
  });
});

describe.each(builds)('sumRows, $build', (kernels) => {
  it('sums columns within an ulp, set or added, of rows that lie apart', () => {
    const sizes = fc.record({
      rows: fc.integer({ min: 0, max: 40 }),
      n: fc.integer({ min: 1, max: 30 }),
      gap: fc.integer({ min: 0, max: 5 }),
      seed: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(sizes, fc.boolean(), ({ rows, n, gap, seed }, accumulate) => {
        const stride = n + gap;
        const x = randomFloats(seed, rows * stride, 3);
        const before = randomFloats(seed + 1, n);
        const sums = inArena(kernels, () => {
          const out = fenced(kernels, before, n % 4);
          const from = kernels.arena.store(x);
          kernels.sumRows(out.pointer, from, stride, rows, n, accumulate);
          return out.take();
        });
        return sums.every((sum, j) => {
          let exact = accumulate ? (before[j] as number) : 0;
          for (let t = 0; t < rows; t++) exact += x[t * stride + j] as number;
          return Math.abs(sum - exact) <= ulp(exact);
        });
      }),
    );
  });
});

describe.each(builds)('unpackWeights, $build', (kernels) => {
  it('gives back the bits that were packed, whichever way they lay', () => {
    for (const [input, output] of [
      [1, 1],
      [5, 9],
      [512, 8],
      [513, 17],
      [1100, 3],
    ] as const) {
      const weights = randomFloats(input, input * output);
      const bias = randomFloats(output, output);
      inArena(kernels, () => {
        const { arena } = kernels;
        const packed = arena.allocate(kernels.packedWeightsBytes(input, output));
        const from = [arena.store(weights), arena.store(bias)] as const;
        kernels.packWeights(packed, from[0], 1, input, from[1], input, output);
        const [w, b] = [
          fenced(
            kernels,
            weights.map(() => NaN),
          ),
          fenced(
            kernels,
            bias.map(() => NaN),
          ),
        ];
        kernels.unpackWeights(w.pointer, b.pointer, packed, input, output);
        expect(firstDifference(w.take(), weights)).toBe(-1);
        expect(firstDifference(b.take(), bias)).toBe(-1);
      });
    }
  });
});
