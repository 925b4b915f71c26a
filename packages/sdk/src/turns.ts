import type { Kernels } from '@tripartite/kernels';
import { TripartiteError } from './errors.js';

/** What the last turn of each kernels ends in. */
const ends = new WeakMap<Kernels, Promise<unknown>>();
/** Kernels of which a turn has begun and not ended. */
const taken = new WeakSet<Kernels>();

/**
 * Runs `work` once all earlier turns on the same kernels have ended, well or badly. Runs of one model share its
 * kernels and their arena, and give way to the event loop while parts of them lie there. `work` must not wait for
 * another turn.
 */
export function takeTurn<T>(kernels: Kernels, work: () => Promise<T>): Promise<T> {
  const before = ends.get(kernels) ?? Promise.resolve();
  const turn = before.then(async () => {
    taken.add(kernels);
    try {
      return await work();
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

/** For those who cannot wait: throws `BAD_INPUT` while a turn is on, when what they allocate would be lost. */
export function checkFree(kernels: Kernels): void {
  if (!taken.has(kernels)) return;
  throw new TripartiteError(
    'BAD_INPUT',
    'engine is busy with the run of a model; await it, or give heads an engine of their own',
  );
}
