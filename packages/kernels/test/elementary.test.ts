import { describe, expect, it } from 'vitest';
import { apply, type Elementary, everywhere, grid, inUlps, worst } from './elementary-error.js';
import { erf, gelu } from './reference/elementary.js';
import { bits, builds, firstDifference } from './workbench.js';

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
