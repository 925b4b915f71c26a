import type { KernelFunctions, Pointer } from './abi.js';

/** One call of a kernel, as data: its name, then its arguments in order; booleans are 0 and 1. */
export type KernelCall = readonly [name: keyof KernelFunctions, ...args: number[]];

/**
 * Stands, in a `KernelCall`, for the scratch memory of the thread that runs the call. It is NaN, so that no
 * argument of a call may be NaN for another reason.
 */
export const ownScratch: number = Number.NaN;

/** Performs one call on the present thread; changes `args`. Throws an `Error` that names the kernel. */
export type Perform = (name: string | undefined, args: number[]) => void;

/** Performs calls with an instance's functions, and with the scratch memory given. */
export function createPerform(functions: KernelFunctions, scratch: Pointer): Perform {
  const kernels = new Map<string | undefined, (...args: number[]) => void>(
    Object.entries(functions).filter(([, value]) => typeof value === 'function'),
  );
  return (name, args) => {
    for (let i = 0; i < args.length; i++) if (Number.isNaN(args[i])) args[i] = scratch;
    const kernel = kernels.get(name);
    if (!kernel) throw new Error(`kernel ${name} failed: there is none of this name`);
    try {
      kernel(...args);
    } catch (cause) {
      throw new Error(`kernel ${name} failed: ${reasonOf(cause)}`, { cause });
    }
  };
}

/** The message of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Performs calls in order on the present thread; when all have ended, throws what the first failure threw. */
export function performInOrder(perform: Perform, calls: readonly KernelCall[]): void {
  let failure: unknown;
  for (const [name, ...args] of calls) {
    try {
      perform(name, args);
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}
