import { instantiateSync } from '@assemblyscript/loader';
import type { KernelFunctions, Pointer } from './abi.js';
import { type Arena, createArena } from './arena.js';
import { type Build, compiledModule } from './builds.js';

/** One instance of the module: its functions, and the memory they work on. */
export interface Kernels extends KernelFunctions {
  readonly build: Build;
  readonly arena: Arena;
  /** Scratch memory that `gemm` packs into; one is enough, since an instance runs one call at a time. */
  readonly scratch: Pointer;
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
  return { ...functions, build, arena, scratch: arena.allocate(functions.gemmScratchBytes()) };
}
