import type { Kernels } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import { erf, gelu } from './reference/elementary.js';
import {
  bits,
  builds,
  fenced,
  fencedRoom,
  firstDifference,
  inArena,
  randomFloats,
  ulp,
} from './workbench.js';

type Elementary = (out: number, x: number, n: number) => void;

function apply(kernels: Kernels, kernel: Elementary, x: Float32Array, offset = 0): Float32Array {
  return inArena(kernels, () => {
    const out = fencedRoom(kernels, x.length, offset);
    kernel(out.pointer, fenced(kernels, x, 3 - offset).pointer, x.length);
    return out.take();
  });
}

/** Every 16 384th float32 pattern and the special values: all signs, exponents, denormals, ±∞ and NaNs. */
const everywhere = (() => {
  const words = Uint32Array.from({ length: 2 ** 18 }, (_, i) => (i * 16384 + (i & 16383)) >>> 0);
  const special = [0, -0, Infinity, -Infinity, Number.NaN, 2 ** -149, -(2 ** -149), 2 ** -126];
  return Float32Array.from([...new Float32Array(words.buffer), ...special]);
})();

/** `count` values evenly from `low` to `high`. */
function grid(low: number, high: number, count = 100_001): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

/** Largest of `measure(x, kernel(x))` over all finite x. */
function worst(
  kernels: Kernels,
  kernel: Elementary,
  x: Float32Array,
  measure: (x: number, y: number) => number,
): number {
  const y = apply(kernels, kernel, x);
  return x.reduce((largest, value, i) => {
    if (!Number.isFinite(value)) return largest;
    const error = measure(value, y[i] as number);
    // NaN counts as the largest error there is.
    return error <= largest ? largest : Number.isNaN(error) ? Infinity : error;
  }, 0);
}

function inUlps(exact: (x: number) => number): (x: number, y: number) => number {
  return (x, y) => {
    const truth = exact(x);
    if (y === Math.fround(truth)) return 0;
    return Math.abs(y - truth) / ulp(truth);
  };
}

describe.each(builds)('exp, $build', (kernels) => {
  it('is within 2 ulp over all of float32, denormal results included', () => {
    expect(worst(kernels, kernels.exp, everywhere, inUlps(Math.exp))).toBeLessThanOrEqual(2);
    expect(worst(kernels, kernels.exp, grid(-104, 89), inUlps(Math.exp))).toBeLessThanOrEqual(2);
    expect(worst(kernels, kernels.exp, grid(-0.4, 0.4), inUlps(Math.exp))).toBeLessThanOrEqual(2);
  });

  it('has the limits of IEEE arithmetic', () => {
    const x = Float32Array.of(0, -0, Infinity, -Infinity, NaN, 1e30, -1e30, 2 ** -149);
    expect(Array.from(apply(kernels, kernels.exp, x))).toEqual([
      1,
      1,
      Infinity,
      0,
      NaN,
      Infinity,
      0,
      1,
    ]);
  });
});

describe.each(builds)('tanh, $build', (kernels) => {
  it('is within 7 ulp from 2⁻¹²⁰ on, and within 3e-43 below', () => {
    const large = everywhere.filter((x) => Math.abs(x) >= 2 ** -120);
    const small = everywhere.filter((x) => Math.abs(x) < 2 ** -120);
    expect(worst(kernels, kernels.tanh, large, inUlps(Math.tanh))).toBeLessThanOrEqual(7);
    expect(worst(kernels, kernels.tanh, grid(-9, 9), inUlps(Math.tanh))).toBeLessThanOrEqual(7);
    const error = (x: number, y: number) => Math.abs(y - Math.tanh(x));
    expect(worst(kernels, kernels.tanh, small, error)).toBeLessThanOrEqual(3e-43);
  });

  it('is odd to the last bit, never beyond ±1, and keeps NaN and −0', () => {
    const x = grid(0, 20, 10_001);
    const up = apply(kernels, kernels.tanh, x);
    const down = apply(
      kernels,
      kernels.tanh,
      x.map((v) => -v),
    );
    expect(bits(down.map((v) => -v))).toEqual(bits(up));
    expect(Math.max(...up)).toBeLessThanOrEqual(1);
    const [plus, minus, none, zero] = apply(
      kernels,
      kernels.tanh,
      Float32Array.of(Infinity, -Infinity, NaN, -0),
    );
    expect(plus).toBeGreaterThanOrEqual(1 - 4 * 2 ** -24);
    expect(minus).toBe(-(plus as number));
    expect(none).toBeNaN();
    expect(zero).toBe(-0);
  });
});

describe.each(builds)('gelu, $build', (kernels) => {
  it('has a reference that agrees with tabulated erf (Abramowitz and Stegun, table 7.1)', () => {
    expect(erf(0.5)).toBeCloseTo(0.5204998778, 10);
    expect(erf(1)).toBeCloseTo(0.8427007929, 10);
    expect(erf(2)).toBeCloseTo(0.995322265, 9);
    expect(erf(-1.5)).toBeCloseTo(-0.9661051465, 10);
    expect(1 - erf(3)).toBeCloseTo(2.209049699858544e-5, 15);
    expect(erf(2.4999999)).toBeCloseTo(erf(2.5), 8);
  });

  it('is within 3e-7·max(1, |x|) over all of float32', () => {
    const error = (x: number, y: number) => Math.abs(y - gelu(x)) / Math.max(1, Math.abs(x));
    expect(worst(kernels, kernels.gelu, everywhere, error)).toBeLessThanOrEqual(3e-7);
    expect(worst(kernels, kernels.gelu, grid(-8, 8), error)).toBeLessThanOrEqual(3e-7);
  });

  it('keeps 0, infinity and NaN, and has no value at −∞', () => {
    const y = apply(kernels, kernels.gelu, Float32Array.of(0, Infinity, NaN, -Infinity));
    expect(Array.from(y)).toEqual([0, Infinity, NaN, NaN]);
  });
});

describe.each(builds)('sin, $build', (kernels) => {
  const sine: Elementary = (out, x, n) => kernels.sin(out, x, n, 0);
  const cosine: Elementary = (out, x, n) => kernels.sin(out, x, n, 1);

  it.each([
    [0, Math.sin],
    [1, Math.cos],
    [2, (x: number) => -Math.sin(x)],
    [3, (x: number) => -Math.cos(x)],
  ] as const)('is within 2e-7 for |x| ≤ 10⁵, %i quarter turns on', (quarter, exact) => {
    const kernel: Elementary = (out, x, n) => kernels.sin(out, x, n, quarter);
    const error = (x: number, y: number) => Math.abs(y - exact(x));
    const near = everywhere.filter((x) => Math.abs(x) <= 1e5);
    expect(worst(kernels, kernel, near, error)).toBeLessThanOrEqual(2e-7);
    expect(worst(kernels, kernel, grid(-10, 10), error)).toBeLessThanOrEqual(2e-7);
    expect(worst(kernels, kernel, grid(-1e5, 1e5), error)).toBeLessThanOrEqual(2e-7);
  });

  it('keeps 0, which loses its sign, and denormals, whose cosine is 1', () => {
    const x = Float32Array.of(0, -0, 2 ** -149, -(2 ** -149), 2 ** -127);
    expect(
      firstDifference(
        apply(kernels, sine, x),
        x.map((v) => v + 0),
      ),
    ).toBe(-1);
    expect(Array.from(apply(kernels, cosine, x))).toEqual([1, 1, 1, 1, 1]);
  });

  it('gives NaN for what has no sine', () => {
    const x = Float32Array.of(Infinity, -Infinity, NaN);
    expect(Array.from(apply(kernels, sine, x))).toEqual([NaN, NaN, NaN]);
    expect(Array.from(apply(kernels, cosine, x))).toEqual([NaN, NaN, NaN]);
  });
});

describe.each(builds)('relu, $build', (kernels) => {
  it('is max(x, 0) for every number and keeps NaN', () => {
    const y = apply(kernels, kernels.relu, everywhere);
    const exact = everywhere.map((x) => Math.max(x, 0));
    expect(y.every((v, i) => Object.is(v, exact[i]))).toBe(true);
  });
});

describe.each(builds)('add, $build', (kernels) => {
  it('is the rounded sum', () => {
    const a = everywhere;
    const b = randomFloats(3, a.length, 1e3);
    const sum = inArena(kernels, () => {
      const { arena } = kernels;
      const out = fencedRoom(kernels, a.length);
      kernels.add(out.pointer, arena.store(a), arena.store(b), a.length);
      return out.take();
    });
    const exact = a.map((x, i) => x + (b[i] as number));
    expect(sum.every((v, i) => Object.is(v, exact[i]))).toBe(true);
  });

  it('may work in place', () => {
    const x = randomFloats(4, 11);
    const doubled = inArena(kernels, () => {
      const { pointer, take } = fenced(kernels, x);
      kernels.add(pointer, pointer, pointer, 11);
      return take();
    });
    expect(doubled).toEqual(x.map((v) => 2 * v));
  });
});

const specials = [0, -0, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -149), 2 ** -126, 88.5, 3e38];

describe.each(builds)('array kernels, $build', (kernels) => {
  const all: Record<string, Elementary> = {
    exp: kernels.exp,
    tanh: kernels.tanh,
    gelu: kernels.gelu,
    relu: kernels.relu,
    sine: (out, x, n) => kernels.sin(out, x, n, 0),
    cosine: (out, x, n) => kernels.sin(out, x, n, 1),
    add: (out, x, n) => kernels.add(out, x, x, n),
  };

  it.each(Object.entries(all))(
    '%s gives the same bits for any size 0 … 70 and any alignment, and writes n values only',
    (_, kernel) => {
      const x = Float32Array.of(...specials, ...randomFloats(7, 64, 5));
      const whole = apply(kernels, kernel, x);
      for (let n = 0; n <= 70; n++) {
        for (const offset of [0, 1, 2, 3]) {
          const start = (n + offset) % (x.length - n + 1);
          const part = apply(kernels, kernel, x.slice(start, start + n), offset);
          expect(firstDifference(part, whole.slice(start, start + n))).toBe(-1);
        }
      }
    },
  );

  it.each(Object.entries(all))('%s gives the same bits on a second run', (_, kernel) => {
    const x = randomFloats(8, 4099, 30);
    expect(firstDifference(apply(kernels, kernel, x), apply(kernels, kernel, x))).toBe(-1);
  });
});
