import type { Pointer } from './abi/pointer.js';
import { ownScratch } from './calls.js';
import type { Kernels } from './kernels.js';

/** A matrix in the arena: element (i, j) at pointer + 4 (i·row + j·column). */
export interface MatrixPlace {
  readonly pointer: Pointer;
  readonly row: number;
  readonly column: number;
}

/** Whole tiles of either build, and whole panels of columns. */
const unit = 120;

/**
 * C (m,n) (+)= A (m,k) B (k,n) on all threads of the kernels, which share the rows or the columns of C, whichever are
 * more. C's columns lie side by side. The bits are those of one thread.
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
  const count = byRows ? m : n;
  const shares = Math.max(1, Math.min(kernels.threads, Math.floor(count / unit)));
  const size = Math.ceil(count / shares / unit) * unit;
  const starts = Array.from({ length: Math.ceil(count / size) }, (_, share) => share * size);
  kernels.run(
    starts.map((first) => {
      const part = Math.min(size, count - first);
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
