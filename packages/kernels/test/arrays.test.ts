import { describe, expect, it } from 'vitest';
import { apply, type Elementary, everywhere } from './elementary-error.js';
import { builds, fenced, fencedRoom, firstDifference, inArena, randomFloats } from './workbench.js';

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
