// The one matrix product: C (m,n) (+)= A (m,k) B (k,n), float32. Both operands are packed into panels
// (Goto and van de Geijn 2008), so that transposed and strided operands cost no more than plain ones and one
// micro-kernel serves every product. Each element of C is a sum over k in order, in blocks of DEPTH: its bits
// do not depend on m, n or on where the element stands.

/** Rows of a panel of A and columns of a panel of B: the 5 × 8 tile fills the sixteen vector registers. */
const TILE_ROWS: i32 = 5;
const TILE_COLUMNS: i32 = 8;
/** Block sizes: a block of A stays in the second-level cache, a panel of B in the first. */
const ROWS: i32 = 100;
const DEPTH: i32 = 512;
const COLUMNS: i32 = 1024;

/** Bytes of scratch memory that `gemm` needs. */
export function gemmScratchBytes(): i32 {
  return (ROWS * DEPTH + DEPTH * COLUMNS + TILE_ROWS * TILE_COLUMNS) << 2;
}

/** C tile (5,8) (+)= panel of A (depth,5) and of B (depth,8). Unrolling the loop makes V8 spill registers. */
function multiplyTile(
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

/**
 * Packs a (count, depth) part of a matrix into panels of `tile` rows, depth-major: panel[k·tile + i] =
 * source[i·stride + k·step]. The last panel is filled up with zeros. Strides in bytes.
 */
function pack(
  out: usize,
  source: usize,
  stride: usize,
  step: usize,
  count: i32,
  depth: i32,
  tile: i32,
): void {
  const outStep = (<usize>tile) << 2;
  for (let i = 0; i < count; i += tile) {
    const present = min(tile, count - i);
    const panel = source + <usize>i * stride;
    if (present == tile && tile == TILE_COLUMNS && stride == 4) {
      packContiguous(out, panel, step, depth);
    } else {
      for (let x = 0; x < tile; x++) {
        packLine(
          out + ((<usize>x) << 2),
          outStep,
          panel + <usize>x * stride,
          step,
          x < present ? depth : 0,
          depth,
        );
      }
    }
    out += outStep * depth;
  }
}

/** A full panel whose eight values lie side by side in the source. */
function packContiguous(out: usize, source: usize, step: usize, depth: i32): void {
  for (let k = 0; k < depth; k++) {
    v128.store(out, v128.load(source, 0));
    v128.store(out, v128.load(source, 16), 16);
    out += 32;
    source += step;
  }
}

/** One row of a panel: `present` values of the source, then zeros up to `depth`. */
function packLine(
  out: usize,
  outStep: usize,
  source: usize,
  step: usize,
  present: i32,
  depth: i32,
): void {
  let k = 0;
  for (; k < present; k++) {
    store<f32>(out, load<f32>(source));
    out += outStep;
    source += step;
  }
  for (; k < depth; k++) {
    store<f32>(out, 0);
    out += outStep;
  }
}

/** A tile at the edge of C goes through a full tile in scratch memory. */
function multiplyEdge(
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

/** C block (rows, columns) (+)= packed panels of A and B. */
function multiplyBlock(
  c: usize,
  rowBytes: usize,
  a: usize,
  b: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  accumulate: bool,
  tile: usize,
): void {
  for (let j = 0; j < columns; j += TILE_COLUMNS) {
    const panelB = b + ((<usize>(j * depth)) << 2);
    const width = min(TILE_COLUMNS, columns - j);
    for (let i = 0; i < rows; i += TILE_ROWS) {
      const panelA = a + ((<usize>(i * depth)) << 2);
      const height = min(TILE_ROWS, rows - i);
      const to = c + <usize>i * rowBytes + ((<usize>j) << 2);
      if (height == TILE_ROWS && width == TILE_COLUMNS) {
        multiplyTile(to, rowBytes, panelA, panelB, depth, accumulate);
      } else {
        multiplyEdge(to, rowBytes, panelA, panelB, depth, accumulate, tile, height, width);
      }
    }
  }
}

/**
 * C (m,n) (+)= A (m,k) B (k,n). Element (i,j) of A lies at a + i·aRow + j·aColumn, of B likewise, strides in
 * float32 elements (swap the two for a transpose); rows of C are `cRow` elements apart. `accumulate` adds to
 * C. `scratch` has `gemmScratchBytes()` bytes.
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
      const fromB = b + <usize>p * bRowBytes + <usize>j * bColumnBytes;
      pack(packedB, fromB, bColumnBytes, bRowBytes, columns, depth, TILE_COLUMNS);
      for (let i = 0; i < m; i += ROWS) {
        const rows = min(ROWS, m - i);
        const fromA = a + <usize>i * aRowBytes + <usize>p * aColumnBytes;
        pack(scratch, fromA, aRowBytes, aColumnBytes, rows, depth, TILE_ROWS);
        const to = c + <usize>i * rowBytes + ((<usize>j) << 2);
        multiplyBlock(
          to,
          rowBytes,
          scratch,
          packedB,
          rows,
          columns,
          depth,
          accumulate || p > 0,
          tile,
        );
      }
    }
  }
}
