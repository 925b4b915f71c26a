import type { Kernels } from '@tripartite/kernels';
import { TripartiteError } from './errors.js';

/** What the last turn of each kernels ends in. */
const ends = new WeakMap<Kernels, Promise<unknown>>();
/** Kernels of which a turn has begun and not ended. */
const taken = new WeakSet<Kernels>();
/** Kernels of engines that were closed. */
const closed = new WeakSet<Kernels>();

/** Ends the threads of kernels; heads and models on them say so from then on. */
export function closeKernels(kernels: Kernels): void {
  closed.add(kernels);
  kernels.close();
}

/** Throws `BAD_INPUT` where the kernels were closed. */
export function checkOpen(kernels: Kernels, options?: ErrorOptions): void {
  if (!closed.has(kernels)) return;
  throw new TripartiteError(
    'BAD_INPUT',
    'engine is closed; open another, and make heads or load models on it',
    options,
  );
}

/**
 * Runs `work` once all earlier turns on the same kernels have ended, well or badly. Runs of one model share its
 * kernels and their arena, and give way to the event loop while parts of them lie there. `work` must not wait for
 * another turn. Rejects with `BAD_INPUT` where the kernels are closed, also in the middle of `work`.
 */
export function takeTurn<T>(kernels: Kernels, work: () => Promise<T>): Promise<T> {
  const before = ends.get(kernels) ?? Promise.resolve();
  const turn = before.then(async () => {
    checkOpen(kernels);
    taken.add(kernels);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TripartiteError)) checkOpen(kernels, { cause: error });
      throw error;
    } finally {
      taken.delete(kernels);
    }
  });
  ends.set(
    kernels,
    turn.catch(() => {}),
  );
  return turn;
}

/**
 * For those who cannot wait: throws `BAD_INPUT` while a turn is on, when what they allocate would be lost, and where
 * the kernels are closed.
 */
export function checkFree(kernels: Kernels): void {
  checkOpen(kernels);
  if (!taken.has(kernels)) return;
  throw new TripartiteError(
    'BAD_INPUT',
    'engine is busy with the run of a model; await it, or give heads an engine of their own',
  );
}
