import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import {
  type KernelCall,
  type Kernels,
  newKernels,
  openKernels,
  ownScratch,
  threadsSupported,
} from '@tripartite/kernels';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bits, randomFloats } from './workbench.js';

const counts = [1, 2, 3, 8];
const teams = new Map<number, Kernels>();
const team = (threads: number): Kernels => teams.get(threads) ?? newKernels();
const page = 65536;

beforeAll(async () => {
  for (const threads of counts) teams.set(threads, await openKernels({ threads }));
});

afterAll(() => {
  for (const kernels of teams.values()) kernels.close();
});

/** Runs `work` and frees what it allocated. */
function inArena<T>({ arena }: Kernels, work: () => T): T {
  const mark = arena.mark();
  try {
    return work();
  } finally {
    arena.release(mark);
  }
}

/** C = A B for random A (m,k), B (k,n), in calls of `rows` rows each; C begins as NaN. */
function product(kernels: Kernels, m: number, k: number, n: number, rows: number): Uint32Array {
  const { arena } = kernels;
  return inArena(kernels, () => {
    const a = arena.store(randomFloats(m, m * k));
    const b = arena.store(randomFloats(n, k * n));
    const c = arena.floats(m * n);
    arena.viewFloats(c, m * n).fill(Number.NaN);
    const calls: KernelCall[] = [];
    for (let i = 0; i < m; i += rows) {
      const [to, from] = [c + i * n * 4, a + i * k * 4];
      const count = Math.min(rows, m - i);
      calls.push(['gemm', to, n, from, k, 1, b, n, 1, count, n, k, 0, ownScratch]);
    }
    kernels.run(calls);
    return bits(arena.viewFloats(c, m * n).slice());
  });
}

/**
 * Runs `count` calls, each of which writes the address of the scratch of the thread that ran it, and gives
 * them: the factor of a row that is 1.
 */
function runners(kernels: Kernels, count: number): Float32Array {
  const { arena } = kernels;
  return inArena(kernels, () => {
    const one = arena.store(Float32Array.of(1));
    const out = arena.floats(count);
    kernels.run(
      Array.from({ length: count }, (_, i) => ['scaleRows', out + i * 4, one, 1, ownScratch, 1, 1]),
    );
    return arena.viewFloats(out, count).slice();
  });
}

/** A call that reads beyond the end of memory. */
const trap: KernelCall = ['add', 0xffff0000, 0xffff0000, 0xffff0000, 4];

/** `count` calls that each add 1 to a value of their own. */
function increments(at: number, one: number, count: number): KernelCall[] {
  return Array.from({ length: count }, (_, i) => ['add', at + i * 4, at + i * 4, one, 1]);
}

describe('a team of threads', () => {
  it('has the threads that were asked for', () => {
    expect(threadsSupported()).toBe(true);
    for (const threads of counts) expect(team(threads).threads).toBe(threads);
    expect(newKernels().threads).toBe(1);
  });

  it('gives the bits of the undivided product for any number of threads and any division', () => {
    for (const [m, k, n] of [
      [203, 70, 129],
      [64, 600, 40],
      [7, 3, 1100],
    ] as const) {
      const whole = product(newKernels(), m, k, n, m);
      for (const threads of counts) {
        for (const rows of [1, 5, 50]) {
          expect(product(team(threads), m, k, n, rows), `${threads} threads`).toEqual(whole);
        }
      }
    }
  });

  it('performs each of any number of calls once', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...counts),
        fc.array(fc.nat({ max: 700 }), { minLength: 1, maxLength: 4 }),
        (threads, runs) => {
          const kernels = team(threads);
          const { arena } = kernels;
          inArena(kernels, () => {
            const size = Math.max(...runs, 1);
            const one = arena.store(Float32Array.of(1));
            const at = arena.store(new Float32Array(size));
            for (const count of runs) kernels.run(increments(at, one, count));
            const expected = Array.from(
              { length: size },
              (_, i) => runs.filter((count) => count > i).length,
            );
            expect(Array.from(arena.viewFloats(at, size))).toEqual(expected);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('shares the calls among its threads, each with scratch of its own', () => {
    for (const threads of [2, 3]) {
      const kernels = team(threads);
      const seen = new Set<number>();
      for (let tries = 0; tries < 2000 && seen.size < threads; tries++) {
        for (const scratch of runners(kernels, 256)) seen.add(scratch);
      }
      const ordered = [...seen].sort((a, b) => a - b);
      expect(ordered).toHaveLength(threads);
      expect(ordered[0]).toBe(kernels.scratch);
      for (const [i, scratch] of ordered.slice(1).entries()) {
        expect(scratch - (ordered[i] ?? 0)).toBeGreaterThanOrEqual(kernels.scratchBytes(0, 0, 0));
      }
    }
    expect(new Set(runners(team(1), 10))).toEqual(new Set([team(1).scratch]));
  });

  it('keeps a single call on the thread that asked for it', () => {
    const kernels = team(8);
    for (let i = 0; i < 50; i++) expect(runners(kernels, 1)[0]).toBe(kernels.scratch);
  });

  it('ends all other calls when one fails, says which, and works on', () => {
    for (const threads of counts) {
      const kernels = team(threads);
      const { arena } = kernels;
      inArena(kernels, () => {
        const one = arena.store(Float32Array.of(1));
        const at = arena.store(new Float32Array(600));
        const calls = increments(at, one, 600);
        const failing = [...calls.slice(0, 300), trap, ...calls.slice(300), trap];
        expect(() => kernels.run(failing)).toThrow(
          /^kernel add failed: memory access out of bounds$/,
        );
        kernels.run(calls);
        expect(arena.viewFloats(at, 600).every((value) => value === 2)).toBe(true);
        expect(() => kernels.run([trap])).toThrow(/^kernel add failed/);
        kernels.run(calls);
        expect(arena.viewFloats(at, 600).every((value) => value === 3)).toBe(true);
      });
    }
  });

  it('refuses kernels that do not exist', () => {
    const unknown = [['sub', 0]] as unknown as KernelCall[];
    for (const threads of counts) {
      expect(() => team(threads).run([...unknown, ...unknown])).toThrow(/there is none/);
      expect(() => team(threads).run(unknown)).toThrow(/kernel sub failed: there is none/);
    }
  });

  it('sees memory that has grown since it was made', () => {
    for (const threads of counts) {
      const kernels = team(threads);
      const { arena } = kernels;
      inArena(kernels, () => {
        for (let round = 0; round < 2; round++) {
          const rows = arena.memory.buffer.byteLength / page;
          const at = arena.allocate(rows * page);
          expect(arena.memory.buffer.byteLength).toBeGreaterThan(rows * page);
          const row = page / 4;
          arena.viewFloats(at, rows * row).fill(1);
          // With k = 0 a product clears C, by an instruction that compares addresses with the memory's size.
          const clear = Array.from({ length: Math.max(rows, 256) }, (_, i): KernelCall => {
            const c = at + (i % rows) * page;
            return ['gemm', c, row, c, 1, 1, c, 1, 1, 1, row, 0, 0, ownScratch];
          });
          kernels.run(clear);
          expect(arena.viewFloats(at, rows * row).every((value) => value === 0)).toBe(true);
        }
      });
    }
  });

  it('refuses numbers of threads that make no sense', async () => {
    for (const threads of [0, -1, 1.5, 65, 1e6, Number.NaN]) {
      const opening = openKernels({ threads });
      await expect(opening).rejects.toThrow(RangeError);
      await expect(opening).rejects.toThrow(`threads is ${threads}; whole numbers from 1 to 64`);
    }
  });

  it('runs nothing once closed, and keeps what it computed', async () => {
    for (const threads of [1, 2]) {
      const kernels = await openKernels({ threads });
      const at = kernels.arena.store(Float32Array.of(1, 2));
      kernels.run(increments(at, at, 1));
      kernels.close();
      kernels.close();
      expect(() => kernels.run([])).toThrow(/are closed/);
      expect(kernels.arena.viewFloats(at, 2)).toEqual(Float32Array.of(2, 2));
    }
  });

  it('does not wait for ever for a thread that does not end its call', async () => {
    const kernels = await openKernels({ threads: 2, patience: 0.2 });
    const { arena, scratch } = kernels;
    const at = arena.floats(1);
    // As many rows as the address of the runner's scratch: some thousand for the caller, else millions.
    const slow: KernelCall = ['gemm', at, 0, at, 0, 0, at, 0, 0, ownScratch, 1, 3000, 0, scratch];
    expect(scratch).toBeLessThan(2000);
    expect(() => kernels.run(Array.from({ length: 30 }, () => slow))).toThrow(/threads are lost/);
    expect(() => kernels.run([slow])).toThrow(/threads are lost/);
  });

  it('does without a thread that has died', async () => {
    const workers: Worker[] = [];
    const keep = (worker: Worker) => workers.push(worker);
    process.on('worker', keep);
    const kernels = await openKernels({ threads: 3, patience: 1 });
    process.off('worker', keep);
    expect(workers).toHaveLength(2);
    await workers[0]?.terminate();
    const { arena } = kernels;
    const one = arena.store(Float32Array.of(1));
    const at = arena.store(new Float32Array(500));
    for (let i = 0; i < 20; i++) kernels.run(increments(at, one, 500));
    expect(arena.viewFloats(at, 500).every((value) => value === 20)).toBe(true);
    kernels.close();
  });

  it('lets its process end by itself', async () => {
    const script = `
      import { openKernels } from ${JSON.stringify(import.meta.resolve('@tripartite/kernels'))};
      const kernels = await openKernels({ threads: 3 });
      const at = kernels.arena.store(Float32Array.of(1, 2));
      kernels.run([['add', at, at, at, 1], ['add', at + 4, at + 4, at + 4, 1]]);
      console.log(...kernels.arena.viewFloats(at, 2));`;
    const node = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      timeout: 30_000,
    });
    expect((await node).stdout.trim()).toBe('2 4');
  });
});
