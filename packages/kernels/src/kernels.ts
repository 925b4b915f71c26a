import { instantiateSync } from '@assemblyscript/loader';
import type { Pointer } from './abi/pointer.js';
import type { KernelFunctions } from './abi.js';
import { type Arena, createArena } from './arena.js';
import { type Build, compiledModule } from './builds.js';

/** One call of a kernel: its name and its arguments. */
export type KernelCall = readonly [name: keyof KernelFunctions, ...args: (number | boolean)[]];

/** As a call's last argument: the scratch memory of whichever thread runs the call. */
export const ownScratch: number = Number.NaN;

/** One instance of the module: its functions, and the memory they work on. */
export interface Kernels extends KernelFunctions {
  readonly build: Build;
  readonly arena: Arena;
  /** Scratch memory of the caller's own thread; one is enough, since a thread runs one call at a time. */
  readonly scratch: Pointer;
  /** Threads that share calls. */
  readonly threads: number;
  /**
   * Runs calls that do not depend on one another, each once, and returns when all are done. `scratchBytes` is what
   * they need at `ownScratch`; default: what products and linear layers need.
   */
  run(calls: readonly KernelCall[], scratchBytes?: number): void;
}

/** Pages that the module declares: its import must offer the same. */
const initialPages = 16;
const maximumPages = 65536;

/**
 * A fresh instance with memory of its own, at once. Throws a plain `Error` before `compileKernels` has
 * finished. Drop the instance to free its memory.
 */
export function newKernels(build: Build = 'plain'): Kernels {
  const module = compiledModule(build);
  if (!module) throw new Error(`${build} kernels are not compiled: await compileKernels() first`);
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages });
  const { exports } = instantiateSync<Record<string, unknown>>(module, { env: { memory } });
  const functions = exports as unknown as KernelFunctions;
  const arena = createArena(memory, functions.heapBase());
  const size = functions.scratchBytes(0, 0, 0);
  const scratch = arena.allocate(size);
  return {
    ...functions,
    build,
    arena,
    scratch,
    threads: 1,
    run(calls, scratchBytes = size) {
      const mark = arena.mark();
      const own = scratchBytes <= size ? scratch : arena.allocate(scratchBytes);
      for (const [name, ...args] of calls) {
        if (Number.isNaN(args.at(-1))) args[args.length - 1] = own;
        (functions[name] as (...args: unknown[]) => void)(...args);
      }
      arena.release(mark);
    },
  };
}
