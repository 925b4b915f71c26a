// The micro-kernel of the matrix product: a tile of C from a panel of A and a panel of B (see panels.ts).

import { multiplyAdd } from './lanes';

/**
 * Rows of a panel of A and columns of a panel of B. The plain 5 × 8 tile fills the sixteen vector registers; where
 * products and sums are fused, no register is needed for the product, and a sixth row fits.
 */
export const TILE_ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 5;
export const TILE_COLUMNS: i32 = 8;

/** Bytes of one step of depth in a panel of A and of B. */
export const ROW_STEP: usize = (<usize>TILE_ROWS) << 2;
export const LANE_STEP: usize = (<usize>TILE_COLUMNS) << 2;

/**
 * C tile (TILE_ROWS,8) (+)= panel of A (depth,TILE_ROWS) and of B (depth,8). Unrolling the loop makes V8 spill
 * registers.
 */
export function multiplyTile(
  c: usize,
  rowBytes: usize,
  a: usize,
  b: usize,
  depth: i32,
  accumulate: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let c40 = c00;
  let c41 = c00;
  let c50 = c00;
  let c51 = c00;
  const end = b + ((<usize>depth) << 5);
  while (b < end) {
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a, 0);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
    const a4 = v128.load32_splat(a, 16);
    c40 = multiplyAdd(a4, b0, c40);
    c41 = multiplyAdd(a4, b1, c41);
    if (TILE_ROWS == 6) {
      const a5 = v128.load32_splat(a, 20);
      c50 = multiplyAdd(a5, b0, c50);
      c51 = multiplyAdd(a5, b1, c51);
    }
    a += ROW_STEP;
    b += LANE_STEP;
  }
  // One branch for the whole tile: a branch a row makes V8 keep the sums in memory.
  if (accumulate) {
    addRow(c, c00, c01);
    addRow(c + rowBytes, c10, c11);
    addRow(c + rowBytes * 2, c20, c21);
    addRow(c + rowBytes * 3, c30, c31);
    addRow(c + rowBytes * 4, c40, c41);
    if (TILE_ROWS == 6) addRow(c + rowBytes * 5, c50, c51);
  } else {
    storeRow(c, c00, c01);
    storeRow(c + rowBytes, c10, c11);
    storeRow(c + rowBytes * 2, c20, c21);
    storeRow(c + rowBytes * 3, c30, c31);
    storeRow(c + rowBytes * 4, c40, c41);
    if (TILE_ROWS == 6) storeRow(c + rowBytes * 5, c50, c51);
  }
}

function addRow(c: usize, left: v128, right: v128): void {
  v128.store(c, f32x4.add(v128.load(c), left));
  v128.store(c, f32x4.add(v128.load(c, 16), right), 16);
}

function storeRow(c: usize, left: v128, right: v128): void {
  v128.store(c, left);
  v128.store(c, right, 16);
}

/** A tile at the edge of C goes through a full tile in scratch memory. */
export function multiplyEdge(
  c: usize,
  rowBytes: usize,
  a: usize,
  b: usize,
  depth: i32,
  accumulate: bool,
  tile: usize,
  rows: i32,
  columns: i32,
): void {
  multiplyTile(tile, LANE_STEP, a, b, depth, false);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const from = tile + ((<usize>(i * TILE_COLUMNS + j)) << 2);
      const to = c + <usize>i * rowBytes + ((<usize>j) << 2);
      store<f32>(to, accumulate ? load<f32>(to) + load<f32>(from) : load<f32>(from));
    }
  }
}
