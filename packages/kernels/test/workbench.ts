import { compileKernels, type Kernels, newKernels } from '@tripartite/kernels';

await compileKernels();

/** One instance for all tests of a file. */
export const kernels: Kernels = newKernels();

/** Runs `work` and frees what it allocated. */
export function inArena<T>(work: () => T): T {
  const mark = kernels.arena.mark();
  try {
    return work();
  } finally {
    kernels.arena.release(mark);
  }
}

/** Allocates room for `count` float32 values, filled with NaN, so that a value never written is seen. */
export function room(count: number): number {
  const at = kernels.arena.floats(count);
  kernels.arena.viewFloats(at, count).fill(Number.NaN);
  return at;
}

/** Copies `count` values out. */
export function copy(pointer: number, count: number): Float32Array {
  return kernels.arena.viewFloats(pointer, count).slice();
}

/** The bits of float32 values: equal only where the values are the same to the last bit, signs of 0 too. */
export function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length).slice();
}

/** Uniform numbers in [0, 1): Marsaglia's 32-bit xorshift, enough for test data. */
export function uniform(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** `count` values uniform in ±size. */
export function randomFloats(seed: number, count: number, size = 1): Float32Array {
  const draw = uniform(seed);
  return Float32Array.from({ length: count }, () => (2 * draw() - 1) * size);
}

/** Distance from |x| to the next float32, 2^−149 at and below the smallest normal number. */
export function ulp(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -126) return 2 ** -149;
  let exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent -= 1;
  return 2 ** (exponent - 23);
}
