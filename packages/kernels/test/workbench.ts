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

/** Sentinels before and after fenced values. */
const fence = 16;
const sentinel = Math.fround(-1234.5678);

/** Values in the arena that a kernel may overwrite, but nothing beside them. */
export interface Fenced {
  readonly pointer: number;
  /** Throws where a neighbour was overwritten. */
  check(): void;
  /** Checks, and copies the values out. */
  take(): Float32Array;
}

/** Room for `count` NaN between sentinels, `offset` floats off a multiple of 16 bytes; a value never written is seen. */
export function fencedRoom({ arena }: Kernels, count: number, offset = 0): Fenced {
  const start = fence + offset;
  const total = start + count + fence;
  const at = arena.floats(total);
  const pointer = at + start * 4;
  const end = pointer + count * 4;
  arena.viewFloats(at, total).fill(sentinel);
  arena.viewFloats(pointer, count).fill(Number.NaN);
  const check = (): void => {
    for (const [from, length] of [
      [at, start],
      [end, fence],
    ] as const) {
      const found = arena.viewFloats(from, length).findIndex((v) => v !== sentinel);
      if (found >= 0) throw new Error(`wrote outside, ${(from - pointer) / 4 + found} of ${count}`);
    }
  };
  return {
    pointer,
    check,
    take() {
      check();
      return arena.viewFloats(pointer, count).slice();
    },
  };
}

/** As `fencedRoom`, with values in it. */
export function fenced(kernels: Kernels, values: Float32Array, offset = 0): Fenced {
  const room = fencedRoom(kernels, values.length, offset);
  kernels.arena.viewFloats(room.pointer, values.length).set(values);
  return room;
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
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = (2 * draw() - 1) * size;
  return values;
}

/** Distance from |x| to the next float32, 2^−149 at and below the smallest normal number. */
export function ulp(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -126) return 2 ** -149;
  let exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent -= 1;
  return 2 ** (exponent - 23);
}
