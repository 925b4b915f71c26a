import type { Kernels } from '@tripartite/kernels';

/** What the last turn of each kernels ends in. */
const ends = new WeakMap<Kernels, Promise<unknown>>();

/**
 * Runs `work` once all earlier turns on the same kernels have ended, well or badly. Runs of one model share its
 * kernels and their arena, and give way to the event loop while parts of them lie there. `work` must not wait for
 * another turn.
 */
export function takeTurn<T>(kernels: Kernels, work: () => Promise<T>): Promise<T> {
  const before = ends.get(kernels) ?? Promise.resolve();
  const turn = before.then(work);
  ends.set(
    kernels,
    turn.catch(() => {}),
  );
  return turn;
}
