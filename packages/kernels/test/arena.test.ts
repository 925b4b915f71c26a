import { type Arena, createArena, newKernels, OutOfMemory } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import './workbench.js';

const page = 65536;

function small(base = 1001): Arena {
  return createArena(new WebAssembly.Memory({ initial: 1, maximum: 4 }), base);
}

describe('arena', () => {
  it('hands out memory from the bottom up, aligned to 16, nothing twice', () => {
    const arena = small();
    let end = 1001;
    for (const bytes of [1, 16, 17, 0, 4000, 3]) {
      const at = arena.allocate(bytes);
      expect(at % 16).toBe(0);
      expect(at).toBeGreaterThanOrEqual(end);
      end = at + bytes;
    }
    expect(arena.floats(3) % 16).toBe(0);
    expect(arena.used()).toBe(16 + 16 + 32 + 4000 + 16 + 16);
  });

  it('grows memory by need, keeping its contents', () => {
    const arena = small();
    const at = arena.store(Float32Array.of(1, 2, 3));
    expect(arena.memory.buffer.byteLength).toBe(page);
    const large = arena.allocate(page);
    expect(arena.memory.buffer.byteLength).toBe(2 * page);
    expect(Array.from(arena.viewFloats(at, 3))).toEqual([1, 2, 3]);
    arena.viewBytes(large, page).fill(9);
    expect(Array.from(arena.viewFloats(at, 3))).toEqual([1, 2, 3]);
  });

  it('frees back to a mark, and hands the same place out again', () => {
    const arena = small();
    arena.allocate(100);
    const mark = arena.mark();
    const used = arena.used();
    const first = arena.allocate(5000);
    arena.allocate(1);
    arena.release(mark);
    expect(arena.used()).toBe(used);
    expect(arena.allocate(8)).toBe(first);
  });

  it('stores parts of arrays, bytes and integers', () => {
    const arena = small();
    const part = arena.store(Float32Array.of(1, 2, 3, 4).subarray(1, 3));
    expect(Array.from(arena.viewFloats(part, 2))).toEqual([2, 3]);
    const bytes = arena.store(Uint8Array.of(7, 8, 9));
    expect(Array.from(arena.viewBytes(bytes, 3))).toEqual([7, 8, 9]);
    const integers = arena.store(Int32Array.of(-1, 5));
    expect(Array.from(arena.viewIntegers(integers, 2))).toEqual([-1, 5]);
  });

  it('refuses more than 4 GiB in clear words, without allocating any of it', () => {
    const { arena } = newKernels();
    const before = arena.memory.buffer.byteLength;
    const used = arena.used();
    expect(() => arena.allocate(5 * 2 ** 30)).toThrow(OutOfMemory);
    expect(() => arena.allocate(5 * 2 ** 30)).toThrow(
      /^5368709120 bytes do not fit: \d+ of 4294901760 bytes are in use$/,
    );
    expect(() => arena.floats(2 ** 30)).toThrow(OutOfMemory);
    expect(() => arena.allocate(NaN)).toThrow(OutOfMemory);
    expect(arena.memory.buffer.byteLength).toBe(before);
    expect(arena.used()).toBe(used);
    expect(arena.allocate(16) % 16).toBe(0);
  });

  it('says so when the system refuses to grow, and stays usable', () => {
    const arena = small();
    expect(() => arena.allocate(5 * page)).toThrow(OutOfMemory);
    expect(() => arena.allocate(5 * page)).toThrow(/the system refused \d+ bytes of memory/);
    expect(arena.used()).toBe(0);
    expect(arena.allocate(page)).toBe(1008);
  });
});
