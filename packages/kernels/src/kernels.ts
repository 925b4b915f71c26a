import { instantiateSync } from '@assemblyscript/loader';
import { readBytes } from '#bytes';
import type { KernelFunctions, Pointer } from './abi.js';
import { type Arena, createArena } from './arena.js';

/** One instance of the module: its functions, and the memory they work on. */
export interface Kernels extends KernelFunctions {
  readonly arena: Arena;
  /** Scratch memory that `gemm` packs into; one is enough, since an instance runs one call at a time. */
  readonly scratch: Pointer;
}

/** Pages that the module declares: its import must offer the same. */
const initialPages = 16;
const maximumPages = 65536;

/** Where the compiled module lies; bundlers rewrite this to the asset they emit. */
export const wasmUrl: URL = new URL('./kernels.wasm', import.meta.url);

let compiling: Promise<WebAssembly.Module> | undefined;
let compiled: WebAssembly.Module | undefined;

/**
 * Compiles the module once; later calls are free. A bundler that cannot emit assets passes the bytes itself.
 * After a failure the next call tries again.
 */
export function compileKernels(bytes?: BufferSource): Promise<WebAssembly.Module> {
  compiling ??= Promise.resolve(bytes ?? readBytes(wasmUrl))
    .then((b) => WebAssembly.compile(b))
    .then((module) => {
      compiled = module;
      return module;
    })
    .catch((error: unknown) => {
      compiling = undefined;
      throw error;
    });
  return compiling;
}

/** True once `compileKernels` has finished, that is, when `newKernels` may be called. */
export function kernelsReady(): boolean {
  return compiled !== undefined;
}

/**
 * A fresh instance with memory of its own, at once. Throws a plain `Error` before `compileKernels` has
 * finished. Drop the instance to free its memory.
 */
export function newKernels(): Kernels {
  if (!compiled) throw new Error('kernels are not compiled: await compileKernels() first');
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages });
  const { exports } = instantiateSync<Record<string, unknown>>(compiled, { env: { memory } });
  const functions = exports as unknown as KernelFunctions;
  const arena = createArena(memory, functions.heapBase());
  return { ...functions, arena, scratch: arena.allocate(functions.gemmScratchBytes()) };
}
