import {
  type Build,
  compileKernels,
  type Kernels,
  mostThreads,
  openKernels,
} from '@tripartite/kernels';
import { TripartiteError } from './errors.js';
import { closeKernels } from './turns.js';

/** How to compute: on how many threads, and with which build of the kernels. */
export interface EngineOptions {
  /**
   * Threads that share the work, the caller's included: 1 (the default) to 64. The results are the same bits
   * for any number. A page that is not cross-origin isolated has one whatever is asked for.
   */
  readonly threads?: number;
  /**
   * Relaxed SIMD where the engine has it: faster, but the last bits may differ between processors. Default:
   * the plain build, whose bits are the same everywhere. Beside that build, heads differ by at most 5e-5 of Σ|terms|
   * of a numerator or response (float64 stays within 1e-4, as with the plain build), embeddings and logits of the
   * models that ship by at most 1e-5 of their largest value.
   */
  readonly fast?: boolean;
}

/** Compiled kernels with memory of their own, and the threads that work on it. */
export interface Engine {
  /** Threads it has; 1 where memory cannot be shared, whatever was asked for. */
  readonly threads: number;
  /** The build it has; `plain` where relaxed SIMD is missing, whatever was asked for. */
  readonly build: Build;
  readonly kernels: Kernels;
  /**
   * Ends its threads. What uses it throws `BAD_INPUT` from then on, a run that has begun included; what heads remember
   * can still be read and saved.
   */
  close(): void;
}

/** Throws `BAD_INPUT` for a number of threads that is not allowed. */
export function checkThreads(threads: number): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= mostThreads) return;
  throw new TripartiteError(
    'BAD_INPUT',
    `threads is ${threads}; whole numbers from 1 to ${mostThreads} are allowed`,
  );
}

/**
 * Opens an engine; heads may be made from then on. Its threads keep no process alive. Throws `BAD_INPUT` for a
 * number of threads that is not allowed, `UNSUPPORTED` where they cannot be started.
 */
export async function openEngine({
  threads = 1,
  fast = false,
}: EngineOptions = {}): Promise<Engine> {
  checkThreads(threads);
  await compileKernels();
  let kernels: Kernels;
  try {
    kernels = await openKernels({ threads, fast });
  } catch (cause) {
    if (threads === 1 || !(cause instanceof Error)) throw cause;
    throw new TripartiteError(
      'UNSUPPORTED',
      `${threads} threads cannot be started here: ${cause.message}; 1 thread works everywhere`,
      { cause },
    );
  }
  const { build } = kernels;
  return { threads: kernels.threads, build, kernels, close: () => closeKernels(kernels) };
}
