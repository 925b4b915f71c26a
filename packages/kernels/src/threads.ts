import { threadsSupported } from '#workers';
import { createArena } from './arena.js';
import {
  type CompileOptions,
  chooseBuild,
  compileKernels,
  compileSharedKernels,
} from './builds.js';
import { createMemory, instantiate } from './instance.js';
import { createRunning, type Kernels, newKernels } from './kernels.js';
import { startTeam } from './team.js';

/** Most threads of one instance. */
export const mostThreads = 64;

/** Options of `openKernels`. */
export interface OpenOptions extends CompileOptions {
  /** Threads that `run` uses, the caller's included: 1 (the default) to 64. */
  readonly threads?: number;
  /** Seconds without any call ending after which `run` takes a thread for dead and throws. Default: 60. */
  readonly patience?: number;
}

/**
 * Compiles a build and makes a fresh instance, on as many threads as asked for. Where memory cannot be shared
 * (`threadsSupported`) it has one, and says so by its `threads`. The results of kernels do not depend on the
 * number. Throws a `RangeError` for numbers of threads that are not allowed. `close` ends the threads.
 */
export async function openKernels({
  threads = 1,
  patience = 60,
  ...options
}: OpenOptions = {}): Promise<Kernels> {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads) {
    throw new RangeError(
      `threads is ${threads}; whole numbers from 1 to ${mostThreads} are allowed`,
    );
  }
  const build = chooseBuild(options.fast ?? false);
  if (threads === 1 || !threadsSupported()) {
    await compileKernels(options);
    return newKernels(build);
  }
  const module = await compileSharedKernels(options);
  const memory = createMemory(true);
  const functions = instantiate(module, memory);
  const arena = createArena(memory, functions.heapBase());
  const team = await startTeam({ module, memory, functions, threads, patience });
  return {
    ...functions,
    build,
    arena,
    ...createRunning(arena, functions, threads, team.run, team.close),
  };
}
