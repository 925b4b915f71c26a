import type { KernelFunctions, Pointer } from './abi.js';
import { type Arena, createArena } from './arena.js';
import { type Build, compiledModule } from './builds.js';
import { createPerform, type KernelCall, performInOrder } from './calls.js';
import { createMemory, instantiate, scratchBytes } from './instance.js';

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
   * take any call, each is performed once. Where calls fail, the others end first; then it throws an `Error`
   * with the message of the first, and may be used again. Throws an `Error` after `close`.
   */
  run(calls: readonly KernelCall[]): void;
  /** Ends the threads; what is in memory stays readable. */
  close(): void;
}

/** `run` and `close`, refusing to run once closed. */
export function closable(
  run: (calls: readonly KernelCall[]) => void,
  close: () => void,
): Pick<Kernels, 'run' | 'close'> {
  let closed = false;
  return {
    run(calls) {
      if (closed) throw new Error('the kernels are closed; open new ones to run calls');
      run(calls);
    },
    close() {
      closed = true;
      close();
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
  const scratch = arena.allocate(scratchBytes(functions));
  const perform = createPerform(functions, scratch);
  return {
    ...functions,
    build,
    arena,
    scratch,
    threads: 1,
    ...closable(
      (calls) => performInOrder(perform, calls),
      () => {},
    ),
  };
}
