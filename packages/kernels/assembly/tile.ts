// The micro-kernel of the matrix product: a tile of C from a panel of A and a panel of B (see panels.ts).

/** Rows of a panel of A and columns of a panel of B: the 5 × 8 tile fills the sixteen vector registers. */
export const TILE_ROWS: i32 = 5;
export const TILE_COLUMNS: i32 = 8;

/** C tile (5,8) (+)= panel of A (depth,5) and of B (depth,8). Unrolling the loop makes V8 spill registers. */
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
  const end = b + ((<usize>depth) << 5);
  while (b < end) {
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a, 0);
    c00 = f32x4.add(f32x4.mul(a0, b0), c00);
    c01 = f32x4.add(f32x4.mul(a0, b1), c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = f32x4.add(f32x4.mul(a1, b0), c10);
    c11 = f32x4.add(f32x4.mul(a1, b1), c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = f32x4.add(f32x4.mul(a2, b0), c20);
    c21 = f32x4.add(f32x4.mul(a2, b1), c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = f32x4.add(f32x4.mul(a3, b0), c30);
    c31 = f32x4.add(f32x4.mul(a3, b1), c31);
    const a4 = v128.load32_splat(a, 16);
    c40 = f32x4.add(f32x4.mul(a4, b0), c40);
    c41 = f32x4.add(f32x4.mul(a4, b1), c41);
    a += 20;
    b += 32;
  }
  // One branch for the whole tile: a branch a row makes V8 keep the sums in memory.
  if (accumulate) {
    addRow(c, c00, c01);
    addRow(c + rowBytes, c10, c11);
    addRow(c + rowBytes * 2, c20, c21);
    addRow(c + rowBytes * 3, c30, c31);
    addRow(c + rowBytes * 4, c40, c41);
  } else {
    storeRow(c, c00, c01);
    storeRow(c + rowBytes, c10, c11);
    storeRow(c + rowBytes * 2, c20, c21);
    storeRow(c + rowBytes * 3, c30, c31);
    storeRow(c + rowBytes * 4, c40, c41);
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
  multiplyTile(tile, 32, a, b, depth, false);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const from = tile + ((<usize>(i * TILE_COLUMNS + j)) << 2);
      const to = c + <usize>i * rowBytes + ((<usize>j) << 2);
      store<f32>(to, accumulate ? load<f32>(to) + load<f32>(from) : load<f32>(from));
    }
  }
}
