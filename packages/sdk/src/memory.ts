import { type Arena, OutOfMemory } from '@tripartite/kernels';
import { TripartiteError } from './errors.js';

/** Most bytes that an arena hands out: WebAssembly's 4 GiB less one page. */
export const memoryLimit = 65535 * 65536;

/** The error to throw for `error`: `OUT_OF_MEMORY` naming `what` where memory did not suffice, else itself. */
export function nameOutOfMemory(what: string, error: unknown): unknown {
  if (!(error instanceof OutOfMemory)) return error;
  return new TripartiteError('OUT_OF_MEMORY', `${what}: ${error.message}`, { cause: error });
}

/** Runs `work`; where memory does not suffice it throws `OUT_OF_MEMORY`, naming `what`. */
export function withinMemory<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw nameOutOfMemory(what, error);
  }
}

/** Throws `OUT_OF_MEMORY` where `bytes` in all are more than an arena can hold. */
export function checkMemory(what: string, bytes: number, remedy: string): void {
  if (bytes <= memoryLimit) return;
  throw new TripartiteError(
    'OUT_OF_MEMORY',
    `${what} ${bytes} bytes of memory; ${memoryLimit} are allowed: ${remedy}`,
  );
}

/** Grows an arena once, so that `bytes` more fit; hands nothing out. Throws `OutOfMemory` of the kernels. */
export function reserveMemory(arena: Arena, bytes: number): void {
  const mark = arena.mark();
  arena.allocate(bytes);
  arena.release(mark);
}
