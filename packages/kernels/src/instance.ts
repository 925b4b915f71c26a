import { instantiateSync } from '@assemblyscript/loader';
import type { KernelFunctions } from './abi.js';

/** Pages that the module declares: its import must offer the same. */
const initialPages = 16;
const maximumPages = 65536;

/** Memory that the module takes; shared where several threads are to work on it. */
export function createMemory(shared: boolean): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages, shared });
}

/** The module's functions over a memory. In shared memory every instance writes the same constants again. */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): KernelFunctions {
  const { exports } = instantiateSync<Record<string, unknown>>(module, { env: { memory } });
  return exports as unknown as KernelFunctions;
}

/** Bytes of scratch memory that every thread has at all times: what products and linear layers need. */
export function usualScratch(functions: KernelFunctions): number {
  return functions.scratchBytes(0, 0, 0);
}
