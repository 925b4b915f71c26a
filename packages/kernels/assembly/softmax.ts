// Softmax over rows of scores, not yet divided by its sum: attention divides its output instead.
import { loadTail, storeTail } from './elementwise';
import { expBelowZero } from './lanes';
import { maxLanes, sumLanes } from './rows';

/**
 * x (rows,n) ← exp(x − max) in place; sums and maxima (rows). A key whose `mask` byte is 0 and, where
 * `causal` ≥ 0, one that comes after `causal` + row, gets weight 0. A row without a key has sum 0.
 *
 * Relative error of a weight: at most (4 + max − x)·2⁻²⁴, absolute 2⁻¹²⁶ below that; of a sum (n/4 + 8)·2⁻²⁴.
 */
export function softmaxRows(
  x: usize,
  stride: i32,
  sums: usize,
  maxima: usize,
  mask: usize,
  causal: i32,
  rows: i32,
  n: i32,
): void {
  for (let t = 0; t < rows; t++) {
    const row = x + ((<usize>t * <usize>stride) << 2);
    const open = causal < 0 ? n : min(n, causal + t + 1);
    if (mask) silenceMasked(row, mask, open);
    const top = largest(row, open);
    for (let s = open; s < n; s++) store<f32>(row + ((<usize>s) << 2), -Infinity);
    const sum = top == -Infinity ? silence(row, n) : exponentiate(row, n, top);
    store<f32>(sums + ((<usize>t) << 2), sum);
    store<f32>(maxima + ((<usize>t) << 2), top);
  }
}

/** Scores of masked keys become −∞. */
function silenceMasked(row: usize, mask: usize, n: i32): void {
  for (let s = 0; s < n; s++) {
    if (!load<u8>(mask + <usize>s)) store<f32>(row + ((<usize>s) << 2), -Infinity);
  }
}

/** Largest of a row, −∞ of an empty one; NaN makes the sum NaN later, whatever stands here. */
function largest(row: usize, n: i32): f32 {
  const whole = n & ~3;
  let tops = f32x4.splat(-Infinity);
  for (let s = 0; s < whole; s += 4) tops = f32x4.pmax(tops, v128.load(row + ((<usize>s) << 2)));
  let top = maxLanes(tops);
  for (let s = whole; s < n; s++) top = max(top, load<f32>(row + ((<usize>s) << 2)));
  return top;
}

function silence(row: usize, n: i32): f32 {
  memory.fill(row, 0, (<usize>n) << 2);
  return 0;
}

function exponentiate(row: usize, n: i32, top: f32): f32 {
  const shift = f32x4.splat(top);
  const whole = n & ~3;
  let sum = f32x4.splat(0);
  for (let s = 0; s < whole; s += 4) {
    const at = row + ((<usize>s) << 2);
    const weights = expBelowZero(f32x4.sub(v128.load(at), shift));
    v128.store(at, weights);
    sum = f32x4.add(sum, weights);
  }
  let total = sumLanes(sum);
  if (n > whole) {
    const at = row + ((<usize>whole) << 2);
    storeTail(at, expBelowZero(f32x4.sub(loadTail(at, n - whole), shift)), n - whole);
    for (let s = whole; s < n; s++) total += load<f32>(row + ((<usize>s) << 2));
  }
  return total;
}
