// Reverse passes: the gradient dx of a loss by what a layer reads, from its gradient dy by what the layer gives. Rows
// and elements do not depend on each other, so that any share of them has the bits of the whole.
import { loadTail, storeTail } from './elementwise';
import { geluSlopeLanes } from './lanes';
import { firstTwo, lastTwo, sumRow, sumSquares, sumTwo } from './normalise';

/** Two pairs of float64 as four float32 lanes. */
function joinPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}

/** inverse · (slope − centre − normal · along), the gradient of two values; see `layerNormReverse`. */
function normSlope(slope: v128, normal: v128, centre: v128, along: v128, inverse: v128): v128 {
  return f64x2.mul(f64x2.sub(f64x2.sub(slope, centre), f64x2.mul(normal, along)), inverse);
}

// dx (rows,n) (+)= (s − mean s − x̂ mean(s x̂)) / √(variance + epsilon), s = dy · weight, x̂ the normalised x, per row:
// the gradient through `layerNorm`, in float64 and rounded once. Ba et al. 2016, by the chain rule
export function layerNormReverse(
  dx: usize,
  dy: usize,
  x: usize,
  weight: usize,
  epsilon: f32,
  rows: i32,
  n: i32,
  accumulate: bool,
): void {
  const whole = n & ~3;
  const rowBytes = (<usize>n) << 2;
  for (let t = 0; t < rows; t++) {
    const mean = sumRow(x, n) / n;
    const inverse = 1 / sqrt(sumSquares(x, mean, n) / n + <f64>epsilon);
    const means = f64x2.splat(mean);
    const inverses = f64x2.splat(inverse);
    let sums = f64x2.splat(0);
    let products = f64x2.splat(0);
    for (let j = 0; j < whole; j += 4) {
      const at = (<usize>j) << 2;
      const v = v128.load(x + at);
      const g = v128.load(dy + at);
      const w = v128.load(weight + at);
      const a = f64x2.mul(firstTwo(g), firstTwo(w));
      const b = f64x2.mul(lastTwo(g), lastTwo(w));
      const p = f64x2.mul(a, f64x2.sub(firstTwo(v), means));
      const q = f64x2.mul(b, f64x2.sub(lastTwo(v), means));
      sums = f64x2.add(sums, f64x2.add(a, b));
      products = f64x2.add(products, f64x2.add(p, q));
    }
    let sum = sumTwo(sums);
    let product = sumTwo(products);
    for (let j = whole; j < n; j++) {
      const at = (<usize>j) << 2;
      const slope = <f64>load<f32>(dy + at) * <f64>load<f32>(weight + at);
      sum += slope;
      product += slope * (<f64>load<f32>(x + at) - mean);
    }
    const centre = sum / n;
    const along = (product * inverse) / n;
    const centres = f64x2.splat(centre);
    const alongs = f64x2.splat(along);
    for (let j = 0; j < whole; j += 4) {
      const at = (<usize>j) << 2;
      const v = v128.load(x + at);
      const g = v128.load(dy + at);
      const w = v128.load(weight + at);
      const p = f64x2.mul(f64x2.sub(firstTwo(v), means), inverses);
      const q = f64x2.mul(f64x2.sub(lastTwo(v), means), inverses);
      let a = normSlope(f64x2.mul(firstTwo(g), firstTwo(w)), p, centres, alongs, inverses);
      let b = normSlope(f64x2.mul(lastTwo(g), lastTwo(w)), q, centres, alongs, inverses);
      if (accumulate) {
        const before = v128.load(dx + at);
        a = f64x2.add(firstTwo(before), a);
        b = f64x2.add(lastTwo(before), b);
      }
      v128.store(dx + at, joinPairs(a, b));
    }
    for (let j = whole; j < n; j++) {
      const at = (<usize>j) << 2;
      const slope = <f64>load<f32>(dy + at) * <f64>load<f32>(weight + at);
      const normal = (<f64>load<f32>(x + at) - mean) * inverse;
      let value = (slope - centre - normal * along) * inverse;
      if (accumulate) value += <f64>load<f32>(dx + at);
      store<f32>(dx + at, <f32>value);
    }
    x += rowBytes;
    dy += rowBytes;
    dx += rowBytes;
  }
}

/** dy where y is above 0, else 0. */
function passAboveZero(dy: v128, y: v128): v128 {
  return v128.and(dy, f32x4.gt(y, f32x4.splat(0)));
}

// dx (n) = dy where y = max(x, 0) is above 0, else 0
export function reluReverse(dx: usize, dy: usize, y: usize, n: i32): void {
  const whole = n & ~3;
  const left = n - whole;
  for (const end = y + ((<usize>whole) << 2); y < end; y += 16) {
    v128.store(dx, passAboveZero(v128.load(dy), v128.load(y)));
    dy += 16;
    dx += 16;
  }
  if (left) storeTail(dx, passAboveZero(loadTail(dy, left), loadTail(y, left)), left);
}

// dx (n) = dy · (Φ(x) + x φ(x)), the gradient through GELU with erf; error ≤ 3e-7·|dy|
export function geluReverse(dx: usize, dy: usize, x: usize, n: i32): void {
  const whole = n & ~3;
  const left = n - whole;
  for (const end = x + ((<usize>whole) << 2); x < end; x += 16) {
    v128.store(dx, f32x4.mul(v128.load(dy), geluSlopeLanes(v128.load(x))));
    dy += 16;
    dx += 16;
  }
  if (left) storeTail(dx, f32x4.mul(loadTail(dy, left), geluSlopeLanes(loadTail(x, left))), left);
}

/** dy · (1 − y²). */
function tanhSlope(dy: v128, y: v128): v128 {
  return f32x4.mul(dy, f32x4.sub(f32x4.splat(1.0), f32x4.mul(y, y)));
}

// dx (n) = dy · (1 − y²), the gradient through y = tanh(x); error ≤ 1.5e-7·|dy|
export function tanhReverse(dx: usize, dy: usize, y: usize, n: i32): void {
  const whole = n & ~3;
  const left = n - whole;
  for (const end = y + ((<usize>whole) << 2); y < end; y += 16) {
    v128.store(dx, tanhSlope(v128.load(dy), v128.load(y)));
    dy += 16;
    dx += 16;
  }
  if (left) storeTail(dx, tanhSlope(loadTail(dy, left), loadTail(y, left)), left);
}

// out (n) (+)= sum of the rows of x (rows,n), which lie `stride` elements apart, each column in float64 from the first
// row on and rounded once
export function sumRows(
  out: usize,
  x: usize,
  stride: i32,
  rows: i32,
  n: i32,
  accumulate: bool,
): void {
  const rowBytes = (<usize>stride) << 2;
  const whole = n & ~3;
  for (let j = 0; j < whole; j += 4) {
    let from = x + ((<usize>j) << 2);
    const to = out + ((<usize>j) << 2);
    let first = f64x2.splat(0);
    let last = first;
    for (let t = 0; t < rows; t++) {
      first = f64x2.add(first, f64x2.promote_low_f32x4(v128.load64_zero(from)));
      last = f64x2.add(last, f64x2.promote_low_f32x4(v128.load64_zero(from, 8)));
      from += rowBytes;
    }
    if (accumulate) {
      const before = v128.load(to);
      first = f64x2.add(firstTwo(before), first);
      last = f64x2.add(lastTwo(before), last);
    }
    v128.store(to, joinPairs(first, last));
  }
  for (let j = whole; j < n; j++) {
    const to = out + ((<usize>j) << 2);
    let sum: f64 = 0;
    for (let t = 0; t < rows; t++) sum += load<f32>(x + rowBytes * t + ((<usize>j) << 2));
    if (accumulate) sum = <f64>load<f32>(to) + sum;
    store<f32>(to, <f32>sum);
  }
}
