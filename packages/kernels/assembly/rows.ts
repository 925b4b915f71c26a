// Kernels that work row by row on matrices whose rows lie `stride` float32 elements apart.

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

/** tops (8) ← the larger of itself and all rows of z (rows,8), lane by lane; NaN is passed over. */
export function raiseTops(tops: usize, z: usize, rows: i32): void {
  let left = v128.load(tops);
  let right = v128.load(tops, 16);
  for (const end = z + ((<usize>rows) << 5); z < end; z += 32) {
    left = f32x4.pmax(left, v128.load(z));
    right = f32x4.pmax(right, v128.load(z, 16));
  }
  v128.store(tops, left);
  v128.store(tops, right, 16);
}

// out (rows,n), packed = factor · x (rows,n), rounded once
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

// out (rows,n) = x (rows,n) · factor (rows), rounded once
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

// out (n) = mean over the rows of x (rows,n), packed, each summed in float64 from the first row on; 0 / 0 without a row
export function meanRows(out: usize, x: usize, rows: i32, n: i32): void {
  const rowBytes = (<usize>n) << 2;
  const whole = n & ~3;
  const count: f64 = rows;
  for (let j = 0; j < whole; j += 4) {
    let first = f64x2.splat(0);
    let last = first;
    let from = x + ((<usize>j) << 2);
    for (let t = 0; t < rows; t++) {
      first = f64x2.add(first, f64x2.promote_low_f32x4(v128.load64_zero(from)));
      last = f64x2.add(last, f64x2.promote_low_f32x4(v128.load64_zero(from, 8)));
      from += rowBytes;
    }
    const two = f32x4.demote_f64x2_zero(f64x2.div(first, f64x2.splat(count)));
    const four = f32x4.demote_f64x2_zero(f64x2.div(last, f64x2.splat(count)));
    v128.store(out + ((<usize>j) << 2), v128.shuffle<i64>(two, four, 0, 2));
  }
  for (let j = whole; j < n; j++) {
    let sum: f64 = 0;
    for (let t = 0; t < rows; t++) sum += load<f32>(x + rowBytes * t + ((<usize>j) << 2));
    store<f32>(out + ((<usize>j) << 2), <f32>(sum / count));
  }
}
