import { compileKernels, type Kernels, newKernels, relaxedSupported } from '@tripartite/kernels';

await compileKernels();
if (relaxedSupported()) await compileKernels({ fast: true });

/** One instance of every build that this engine can run, for all tests of a file: `describe.each(builds)`. */
export const builds: readonly Kernels[] = relaxedSupported()
  ? [newKernels('plain'), newKernels('relaxed')]
  : [newKernels('plain')];

/** Runs `work` and frees what it allocated. */
export function inArena<T>({ arena }: Kernels, work: () => T): T {
  const mark = arena.mark();
  try {
    return work();
  } finally {
    arena.release(mark);
  }
}

/** Allocates room for `count` float32 values, filled with NaN, so that a value never written is seen. */
export function room({ arena }: Kernels, count: number): number {
  const at = arena.floats(count);
  arena.viewFloats(at, count).fill(Number.NaN);
  return at;
}

/** Sentinels before and after fenced values. */
const fence = 16;
const sentinel = Math.fround(-1234.5678);

/** Values in the arena that a kernel may overwrite, but nothing beside them. */
export interface Fenced {
  readonly pointer: number;
  /** Copies the values out. Throws where a neighbour was overwritten. */
  take(): Float32Array;
}

/** Puts values between sentinels, `offset` floats off a multiple of 16 bytes. */
export function fenced({ arena }: Kernels, values: Float32Array, offset = 0): Fenced {
  const start = fence + offset;
  const count = start + values.length + fence;
  const at = arena.floats(count);
  arena.viewFloats(at, count).fill(sentinel).set(values, start);
  const check = (i: number): void => {
    const found = arena.viewFloats(at, count)[i];
    if (found !== sentinel) throw new Error(`wrote ${found} at ${i - start}, outside`);
  };
  return {
    pointer: at + start * 4,
    take() {
      for (let i = 0; i < start; i++) check(i);
      for (let i = count - fence; i < count; i++) check(i);
      return arena.viewFloats(at + start * 4, values.length).slice();
    },
  };
}

/** As `fenced`, of `count` NaN, so that a value never written is seen. */
export function fencedRoom(kernels: Kernels, count: number, offset = 0): Fenced {
  return fenced(kernels, new Float32Array(count).fill(Number.NaN), offset);
}

/** The first place where two arrays differ in a bit, −1 where none; every NaN is the same. */
export function firstDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  return a.findIndex((v, i) => !Object.is(v, b[i]));
}

/** Copies `count` values out. */
export function copy({ arena }: Kernels, pointer: number, count: number): Float32Array {
  return arena.viewFloats(pointer, count).slice();
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
