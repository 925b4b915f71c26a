import type { Kernels } from '@tripartite/kernels';
import { multiply, type Strided } from './reference/matrix-product.js';
import { fenced, inArena, randomFloats } from './workbench.js';

/** C (m,n) = A (m,k) B (k,n). */
export interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** How the operands lie in memory, and whether C is added to. */
export interface Layout {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Elements between rows beyond what the shape needs. */
  readonly gap: number;
  readonly accumulate: boolean;
}

/** Row by row, without gaps, set. */
export const plain: Layout = { transposeA: false, transposeB: false, gap: 0, accumulate: false };
const roundoff = 2 ** -24;

/** A random operand. */
export function strided(
  seed: number,
  rows: number,
  columns: number,
  transpose: boolean,
  gap: number,
) {
  const [lines, length] = transpose ? [columns, rows] : [rows, columns];
  const line = length + gap;
  const values = randomFloats(seed, Math.max(1, lines * line));
  return transpose ? { values, row: 1, column: line } : { values, row: line, column: 1 };
}

/** C with `gap` elements after each row, as the kernel leaves it. */
export function product(
  kernels: Kernels,
  a: Strided,
  b: Strided,
  c: Float32Array,
  { m, n, k }: Shape,
  { gap, accumulate }: Layout,
): Float32Array {
  return inArena(kernels, () => {
    const { arena, scratch } = kernels;
    const out = fenced(kernels, c, m % 4);
    const from = arena.store(a.values);
    const by = arena.store(b.values);
    const { pointer } = out;
    const [row, column] = [b.row, b.column];
    kernels.gemm(
      pointer,
      n + gap,
      from,
      a.row,
      a.column,
      by,
      row,
      column,
      m,
      n,
      k,
      accumulate,
      scratch,
    );
    return out.take();
  });
}

/** Largest error in units of the bound k·2⁻²⁴·Σ|terms|; what lies between rows must be unchanged. */
export function worst(kernels: Kernels, seed: number, shape: Shape, layout: Layout): number {
  const { m, n, k } = shape;
  const a = strided(seed, m, k, layout.transposeA, layout.gap);
  const b = strided(seed + 1, k, n, layout.transposeB, layout.gap);
  const before = randomFloats(seed + 2, m * (n + layout.gap));
  const after = product(kernels, a, b, before, shape, layout);
  const { product: exact, sizes } = multiply(a, b, m, n, k);
  let largest = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n + layout.gap; j++) {
      const at = i * (n + layout.gap) + j;
      const [old, now] = [before[at] as number, after[at] as number];
      if (j >= n) {
        if (old !== now) return Infinity;
        continue;
      }
      const start = layout.accumulate ? old : 0;
      const error = Math.abs(now - (start + (exact[i * n + j] as number)));
      const size = (sizes[i * n + j] as number) + Math.abs(start);
      const terms = layout.accumulate ? k + 1 : k;
      const share = error / (terms * roundoff * size);
      if (error !== 0 && !(share <= largest)) largest = share;
    }
  }
  return largest;
}
