import type { Kernels } from '@tripartite/kernels';
import { fenced, fencedRoom, inArena, ulp } from './workbench.js';

/** A kernel of one array. */
export type Elementary = (out: number, x: number, n: number) => void;

/** What a kernel makes of x, `offset` floats off a multiple of 16 bytes. */
export function apply(
  kernels: Kernels,
  kernel: Elementary,
  x: Float32Array,
  offset = 0,
): Float32Array {
  return inArena(kernels, () => {
    const out = fencedRoom(kernels, x.length, offset);
    kernel(out.pointer, fenced(kernels, x, 3 - offset).pointer, x.length);
    return out.take();
  });
}

/** Every 16 384th float32 pattern and the special values: all signs, exponents, denormals, ±∞ and NaNs. */
export const everywhere = (() => {
  const words = Uint32Array.from({ length: 2 ** 18 }, (_, i) => (i * 16384 + (i & 16383)) >>> 0);
  const special = [0, -0, Infinity, -Infinity, Number.NaN, 2 ** -149, -(2 ** -149), 2 ** -126];
  return Float32Array.from([...new Float32Array(words.buffer), ...special]);
})();

/** `count` values evenly from `low` to `high`. */
export function grid(low: number, high: number, count = 100_001): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

/** Largest of `measure(x, kernel(x))` over all finite x. */
export function worst(
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

/** Error in units of the last place of the exact value. */
export function inUlps(exact: (x: number) => number): (x: number, y: number) => number {
  return (x, y) => {
    const truth = exact(x);
    if (y === Math.fround(truth)) return 0;
    return Math.abs(y - truth) / ulp(truth);
  };
}
