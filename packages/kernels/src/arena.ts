import type { Pointer } from './abi/pointer.js';

const pageBytes = 65536;
/** WebAssembly's 32-bit limit. The last page stays unused, so that no end address wraps round to 0. */
const limitBytes = 65535 * pageBytes;

/** Thrown when more memory is asked for than WebAssembly's 32-bit addresses reach. */
export class OutOfMemory extends RangeError {}

/**
 * Memory of one instance, handed out from the bottom up. Nothing is freed by itself: `release` goes back to a
 * `mark`, and everything goes when the instance is dropped. Views detach when memory grows: allocate first,
 * take views after, keep none.
 */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  /** `bytes` of memory, aligned to 16; contents undefined. Throws `OutOfMemory`. */
  allocate(bytes: number): Pointer;
  /** `allocate` for `count` float32 (or i32) values. */
  floats(count: number): Pointer;
  /** Copies an array in. */
  store(values: Float32Array | Float64Array | Uint8Array | Int32Array): Pointer;
  /** The present top, for `release`. */
  mark(): Pointer;
  /** Frees everything allocated since the mark was taken. */
  release(mark: Pointer): void;
  /** Bytes in use. */
  used(): number;
  /** Views `count` float32 values at a pointer; valid until the next allocation. */
  viewFloats(pointer: Pointer, count: number): Float32Array;
  /** Views `count` float64 values at a pointer; valid until the next allocation. */
  viewDoubles(pointer: Pointer, count: number): Float64Array;
  /** Views `count` int32 values at a pointer; valid until the next allocation. */
  viewIntegers(pointer: Pointer, count: number): Int32Array;
  /** Views bytes at a pointer; valid until the next allocation. */
  viewBytes(pointer: Pointer, count: number): Uint8Array;
}

/** An arena over `memory`, from byte `base` on. */
export function createArena(memory: WebAssembly.Memory, base: Pointer): Arena {
  const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;
  const bottom = align(base);
  let top = bottom;

  const allocate = (bytes: number): Pointer => {
    const at = top;
    const end = at + align(bytes);
    if (!(bytes >= 0 && end <= limitBytes)) {
      throw new OutOfMemory(`${bytes} bytes do not fit: ${at} of ${limitBytes} bytes are in use`);
    }
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) {
      try {
        memory.grow(Math.ceil(missing / pageBytes));
      } catch (cause) {
        throw new OutOfMemory(`the system refused ${end} bytes of memory`, { cause });
      }
    }
    top = end;
    return at;
  };

  return {
    memory,
    allocate,
    floats: (count) => allocate(count * 4),
    store(values) {
      const at = allocate(values.byteLength);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      new Uint8Array(memory.buffer, at, values.byteLength).set(bytes);
      return at;
    },
    mark: () => top,
    release(mark) {
      top = mark;
    },
    used: () => top - bottom,
    viewFloats: (pointer, count) => new Float32Array(memory.buffer, pointer, count),
    viewDoubles: (pointer, count) => new Float64Array(memory.buffer, pointer, count),
    viewIntegers: (pointer, count) => new Int32Array(memory.buffer, pointer, count),
    viewBytes: (pointer, count) => new Uint8Array(memory.buffer, pointer, count),
  };
}
