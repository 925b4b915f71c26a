import type { Pointer } from './abi/pointer.js';
import { ownScratch } from './calls.js';
import type { Kernels } from './kernels.js';

/** A matrix in the arena: element (i, j) at pointer + 4 (i·row + j·column). */
export interface MatrixPlace {
  readonly pointer: Pointer;
  readonly row: number;
  readonly column: number;
}

/** Shares are whole tiles: rows of either build's, columns. */
const tileRows = 30;
const tileColumns = 8;
/** Fewer rows or columns are not worth a share, since every share packs all of the other matrix. */
const leastCount = 120;
/** Fewer multiply–adds are not worth waking another thread for: some 20 µs of one thread's work. */
const leastWork = 1 << 19;

/**
 * C (m,n) (+)= A (m,k) B (k,n) on all threads of the kernels, which share the rows or the columns of C, whichever are
 * more; small work stays on the caller's. C's columns lie side by side. The bits are those of one thread.
 */
export function multiplyMatrices(
  kernels: Kernels,
  c: MatrixPlace,
  a: MatrixPlace,
  b: MatrixPlace,
  [m, n, k]: readonly [m: number, n: number, k: number],
  accumulate = false,
): void {
  const byRows = m > n;
  const [count, tile] = byRows ? [m, tileRows] : [n, tileColumns];
  const useful = Math.floor(Math.min(count / leastCount, (m * n * k) / leastWork));
  const shares = Math.max(1, Math.min(kernels.threads, useful));
  const startOf = (share: number): number =>
    Math.min(count, Math.floor((share * Math.ceil(count / tile)) / shares) * tile);
  kernels.run(
    Array.from({ length: shares }, (_, share) => {
      const first = startOf(share);
      const part = startOf(share + 1) - first;
      const [i, j] = byRows ? [first, 0] : [0, first];
      return [
        'gemm',
        c.pointer + 4 * (i * c.row + j),
        c.row,
        a.pointer + 4 * i * a.row,
        a.row,
        a.column,
        b.pointer + 4 * j * b.column,
        b.row,
        b.column,
        byRows ? part : m,
        byRows ? n : part,
        k,
        accumulate,
        ownScratch,
      ];
    }),
  );
}
