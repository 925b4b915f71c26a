import type { Pointer } from './abi/pointer.js';
import type { KernelFunctions } from './abi.js';
import { type Arena, createArena } from './arena.js';
import { type Build, compiledModule } from './builds.js';
import {
  createPerform,
  type KernelCall,
  performInOrder,
  type Scratch,
  scratchLender,
} from './calls.js';
import { createMemory, instantiate, usualScratch } from './instance.js';

/** One instance of the module: its functions, and the memory they work on. */
export interface Kernels extends KernelFunctions {
  readonly build: Build;
  readonly arena: Arena;
  /** Scratch memory of the calling thread, which runs one call at a time. */
  readonly scratch: Pointer;
  /** Threads that `run` uses, the caller's included. */
  readonly threads: number;
  /**
   * Performs all calls and returns when they have ended. They must not depend on each other: any thread may
   * take any call, each is performed once. `scratchBytes` is what they need at `ownScratch`; default: what
   * products and linear layers need. Where calls fail, the others end first; then it throws an `Error`
   * with the message of the first, and may be used again. Throws an `Error` after `close`.
   */
  run(calls: readonly KernelCall[], scratchBytes?: number): void;
  /** Ends the threads; what is in memory stays readable. */
  close(): void;
}

/** Members of `Kernels` that run calls on some threads, refusing to run once closed. */
export function createRunning(
  arena: Arena,
  functions: KernelFunctions,
  threads: number,
  start: (calls: readonly KernelCall[], scratch: Scratch) => void,
  end: () => void,
): Pick<Kernels, 'run' | 'close' | 'scratch' | 'threads'> {
  const { own, lend } = scratchLender(arena, threads, usualScratch(functions));
  let closed = false;
  return {
    scratch: own.base,
    threads,
    run(calls, scratchBytes = 0) {
      if (closed) throw new Error('the kernels are closed; open new ones to run calls');
      lend(scratchBytes, (scratch) => start(calls, scratch));
    },
    close() {
      closed = true;
      end();
    },
  };
}

/**
 * A fresh instance of one thread with memory of its own, at once. Throws a plain `Error` before
 * `compileKernels` has finished. Drop the instance to free its memory.
 */
export function newKernels(build: Build = 'plain'): Kernels {
  const module = compiledModule(build);
  if (!module) throw new Error(`${build} kernels are not compiled: await compileKernels() first`);
  const memory = createMemory(false);
  const functions = instantiate(module, memory);
  const arena = createArena(memory, functions.heapBase());
  const perform = createPerform(functions);
  const start = (calls: readonly KernelCall[], { base }: Scratch): void =>
    performInOrder(perform, calls, base);
  return { ...functions, build, arena, ...createRunning(arena, functions, 1, start, () => {}) };
}
