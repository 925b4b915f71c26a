// The one matrix product: C (m,n) (+)= A (m,k) B (k,n), float32. Both operands are packed into panels
// (Goto and van de Geijn 2008), so that transposed and strided operands cost no more than plain ones and one
// micro-kernel serves every product. Each element of C is a sum over k in order, in blocks of DEPTH: its bits
// do not depend on m, n or on where the element stands.
import { pack } from './panels';
import { LANE_STEP, multiplyEdge, multiplyTile, ROW_STEP, TILE_COLUMNS, TILE_ROWS } from './tile';

/** Block sizes: a block of A, of whole tiles, stays in the second-level cache, a panel of B in the first. */
export const ROWS: i32 = 20 * TILE_ROWS;
export const DEPTH: i32 = 512;
const COLUMNS: i32 = 1024;

/** Bytes of scratch memory that `gemm` needs. */
export const GEMM_SCRATCH: usize =
  (<usize>(ROWS * DEPTH + DEPTH * COLUMNS + TILE_ROWS * TILE_COLUMNS)) << 2;

/**
 * Columns `from` to `from + width` of a C block (+)= packed panels of A (rows,depth) and one panel of B. `tile` is
 * room for one tile.
 */
export function multiplyStrip(
  c: usize,
  rowBytes: usize,
  a: usize,
  panelB: usize,
  rows: i32,
  width: i32,
  depth: i32,
  accumulate: bool,
  tile: usize,
): void {
  const panelBytes = ROW_STEP * depth;
  let panelA = a;
  for (let i = 0; i < rows; i += TILE_ROWS) {
    const height = min(TILE_ROWS, rows - i);
    if (height == TILE_ROWS && width == TILE_COLUMNS) {
      multiplyTile(c, rowBytes, panelA, panelB, depth, accumulate);
    } else {
      multiplyEdge(c, rowBytes, panelA, panelB, depth, accumulate, tile, height, width);
    }
    panelA += panelBytes;
    c += rowBytes * TILE_ROWS;
  }
}

/**
 * C (m,n) (+)= A (m,k) B (k,n). Element (i,j) of A lies at a + i·aRow + j·aColumn, of B likewise, strides in
 * float32 elements (swap the two for a transpose); rows of C are `cRow` elements apart. `accumulate` adds to
 * C. `scratch` has `scratchBytes()` bytes.
 *
 * Error of an element: at most k·2⁻²⁴·Σ|a b|; where it is added to C, (k + 1)·2⁻²⁴·(|c| + Σ|a b|). The relaxed build
 * rounds less often and keeps the bound.
 */
export function gemm(
  c: usize,
  cRow: i32,
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const packedB = scratch + ((<usize>(ROWS * DEPTH)) << 2);
  const tile = packedB + ((<usize>(DEPTH * COLUMNS)) << 2);
  const rowBytes = (<usize>cRow) << 2;
  const aRowBytes = (<usize>aRow) << 2;
  const aColumnBytes = (<usize>aColumn) << 2;
  const bRowBytes = (<usize>bRow) << 2;
  const bColumnBytes = (<usize>bColumn) << 2;
  if (k == 0 && !accumulate) {
    for (let i = 0; i < m; i++) memory.fill(c + <usize>i * rowBytes, 0, (<usize>n) << 2);
  }
  for (let j = 0; j < n; j += COLUMNS) {
    const columns = min(COLUMNS, n - j);
    for (let p = 0; p < k; p += DEPTH) {
      const depth = min(DEPTH, k - p);
      const add = accumulate || p > 0;
      const fromB = b + <usize>p * bRowBytes + <usize>j * bColumnBytes;
      pack(packedB, fromB, bColumnBytes, bRowBytes, columns, depth, TILE_COLUMNS);
      for (let i = 0; i < m; i += ROWS) {
        const rows = min(ROWS, m - i);
        const fromA = a + <usize>i * aRowBytes + <usize>p * aColumnBytes;
        pack(scratch, fromA, aRowBytes, aColumnBytes, rows, depth, TILE_ROWS);
        const to = c + <usize>i * rowBytes + ((<usize>j) << 2);
        for (let s = 0; s < columns; s += TILE_COLUMNS) {
          const width = min(TILE_COLUMNS, columns - s);
          const strip = to + ((<usize>s) << 2);
          const panelB = packedB + LANE_STEP * ((s >> 3) * depth);
          multiplyStrip(strip, rowBytes, scratch, panelB, rows, width, depth, add, tile);
        }
      }
    }
  }
}
