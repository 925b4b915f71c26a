import type { KernelCall, Kernels } from '@tripartite/kernels';
import { vi } from 'vitest';
import { type Engine, openEngine } from '../../src/engine.js';

/** Numbers of threads that must not make a difference; 3 and 8 divide few sizes evenly. */
export const threadCounts: readonly number[] = [1, 2, 3, 8];

let opened: Promise<[Engine, ...Engine[]]> | undefined;

/** An engine of each number of threads, the first with one: opened once, since eight threads take a second to start. */
export function sharedEngines(): Promise<[Engine, ...Engine[]]> {
  opened ??= Promise.all(threadCounts.map((threads) => openEngine({ threads }))) as Promise<
    [Engine, ...Engine[]]
  >;
  return opened;
}

/** How many calls each run of a kernel had while `work` was done: 1 where nothing was shared. */
export async function countCalls(
  kernels: Kernels,
  kernel: KernelCall[0],
  work: () => unknown,
): Promise<readonly number[]> {
  const run = vi.spyOn(kernels, 'run');
  try {
    await work();
    const counts = run.mock.calls.map(
      ([calls]) => calls.filter(([name]) => name === kernel).length,
    );
    return counts.filter((count) => count > 0);
  } finally {
    run.mockRestore();
  }
}
