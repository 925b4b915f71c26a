import type { Kernels } from '@tripartite/kernels';

/** Multiply–adds that are worth waking another thread for (some 20 µs of one thread's work). */
const worthSharing = 1 << 19;

/** A run of rows (or strips): from `first` up to `last`. */
export interface Share {
  readonly first: number;
  readonly last: number;
}

/**
 * Divides `count` rows into shares of whole multiples of `unit`, `each` of them for every thread; one share where the
 * work is small. Which row is where does not change its numbers.
 */
export function divideRows(
  { threads }: Pick<Kernels, 'threads'>,
  count: number,
  unit: number,
  multiplyAdds: number,
  each = 1,
): Share[] {
  const units = Math.ceil(count / unit);
  const useful = Math.max(1, Math.floor(multiplyAdds / worthSharing));
  const parts = threads === 1 ? 1 : Math.max(1, Math.min(threads * each, units, useful));
  return Array.from({ length: parts }, (_, part) => ({
    first: Math.floor((part * units) / parts) * unit,
    last: Math.min(count, Math.floor(((part + 1) * units) / parts) * unit),
  }));
}
