// Kernels that work row by row on matrices whose rows lie `stride` float32 elements apart.

import { loadTail } from './elementwise';

/** Sum of four lanes, in a fixed order. */
export function sumLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** Largest of four lanes. */
export function maxLanes(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

// out (rows,n), packed = factor · x (rows,n)
export function scaleRows(out: usize, x: usize, stride: i32, factor: f32, rows: i32, n: i32): void {
  const whole = n & ~3;
  const factors = f32x4.splat(factor);
  for (let t = 0; t < rows; t++) {
    const from = x + ((<usize>t * <usize>stride) << 2);
    for (let j = 0; j < whole; j += 4) {
      v128.store(out, f32x4.mul(v128.load(from + ((<usize>j) << 2)), factors));
      out += 16;
    }
    for (let j = whole; j < n; j++) {
      store<f32>(out, load<f32>(from + ((<usize>j) << 2)) * factor);
      out += 4;
    }
  }
}

/** Rows moved at a time, so that what is read stays in the first-level cache. */
const TRANSPOSE_BLOCK: i32 = 32;

// out (columns,rows), its rows `stride` apart = xᵀ; x (rows,columns), packed
export function transpose(out: usize, stride: i32, x: usize, rows: i32, columns: i32): void {
  const rowBytes = (<usize>columns) << 2;
  for (let first = 0; first < rows; first += TRANSPOSE_BLOCK) {
    const end = min(first + TRANSPOSE_BLOCK, rows);
    for (let j = 0; j < columns; j++) {
      let from = x + <usize>first * rowBytes + ((<usize>j) << 2);
      let to = out + ((<usize>j * <usize>stride + <usize>first) << 2);
      for (let i = first; i < end; i++) {
        store<f32>(to, load<f32>(from));
        from += rowBytes;
        to += 4;
      }
    }
  }
}

// out (rows,n) = bias (n) in every row
export function fillRows(out: usize, stride: i32, bias: usize, rows: i32, n: i32): void {
  for (let t = 0; t < rows; t++) {
    memory.copy(out + ((<usize>t * <usize>stride) << 2), bias, (<usize>n) << 2);
  }
}

// out (rows) = constant + norm · ‖x‖² + gain·x; gain may be 0 (none)
export function quadraticForm(
  out: usize,
  x: usize,
  gain: usize,
  norm: f32,
  constant: f32,
  rows: i32,
  n: i32,
  accumulate: bool,
): void {
  const whole = n & ~3;
  for (let t = 0; t < rows; t++) {
    let squares = f32x4.splat(0);
    let products = f32x4.splat(0);
    for (let j = 0; j < whole; j += 4) {
      const v = v128.load(x + ((<usize>j) << 2));
      squares = f32x4.add(squares, f32x4.mul(v, v));
      if (gain) products = f32x4.add(products, f32x4.mul(v, v128.load(gain + ((<usize>j) << 2))));
    }
    if (n > whole) {
      const v = loadTail(x + ((<usize>whole) << 2), n - whole);
      squares = f32x4.add(squares, f32x4.mul(v, v));
      if (gain) {
        const g = loadTail(gain + ((<usize>whole) << 2), n - whole);
        products = f32x4.add(products, f32x4.mul(v, g));
      }
    }
    const value = norm * sumLanes(squares) + sumLanes(products) + constant;
    store<f32>(out, accumulate ? load<f32>(out) + value : value);
    out += 4;
    x += (<usize>n) << 2;
  }
}

// out (rows,n) = x (rows,n) · factor (rows)
export function gateRows(
  out: usize,
  outStride: i32,
  x: usize,
  stride: i32,
  factor: usize,
  rows: i32,
  n: i32,
): void {
  for (let t = 0; t < rows; t++) {
    const f = load<f32>(factor + ((<usize>t) << 2));
    const from = x + ((<usize>t * <usize>stride) << 2);
    const to = out + ((<usize>t * <usize>outStride) << 2);
    for (let j = 0; j < n; j++) {
      const at = (<usize>j) << 2;
      store<f32>(to + at, load<f32>(from + at) * f);
    }
  }
}
