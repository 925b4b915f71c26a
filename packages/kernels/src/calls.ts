import type { Pointer } from './abi/pointer.js';
import type { KernelFunctions } from './abi.js';
import type { Arena } from './arena.js';

/** One call of a kernel, as data: its name, then its arguments in order. */
export type KernelCall = readonly [name: keyof KernelFunctions, ...args: (number | boolean)[]];

/**
 * Stands, in a `KernelCall`, for the scratch memory of the thread that runs the call. It is NaN, so that no
 * argument of a call may be NaN for another reason.
 */
export const ownScratch: number = Number.NaN;

/**
 * Performs one call on the present thread, with the scratch memory given; changes `args`. Throws an `Error` that
 * names the kernel.
 */
export type Perform = (
  name: string | undefined,
  args: (number | boolean)[],
  scratch: Pointer,
) => void;

/** Performs calls with an instance's functions. */
export function createPerform(functions: KernelFunctions): Perform {
  const kernels = new Map<string | undefined, (...args: (number | boolean)[]) => void>(
    Object.entries(functions).filter(([, value]) => typeof value === 'function'),
  );
  return (name, args, scratch) => {
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
export function performInOrder(
  perform: Perform,
  calls: readonly KernelCall[],
  scratch: Pointer,
): void {
  let failure: unknown;
  for (const [name, ...args] of calls) {
    try {
      perform(name, args, scratch);
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}

/** Scratch memory of some threads, one after another. */
export interface Scratch {
  readonly base: Pointer;
  /** Bytes from one thread's to the next's. */
  readonly stride: number;
}

/** Lends threads the scratch memory they need: what they have, or more for the time of a run. */
export function scratchLender(
  arena: Arena,
  threads: number,
  size: number,
): { readonly own: Scratch; lend(bytes: number, use: (scratch: Scratch) => void): void } {
  const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;
  const place = (bytes: number): Scratch => {
    const stride = align(bytes);
    return { base: arena.allocate(threads * stride), stride };
  };
  const own = place(size);
  return {
    own,
    lend(bytes, use) {
      if (bytes <= size) return use(own);
      const mark = arena.mark();
      try {
        use(place(bytes));
      } finally {
        arena.release(mark);
      }
    },
  };
}
