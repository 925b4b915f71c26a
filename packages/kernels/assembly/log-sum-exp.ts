// ln Σ exp over rows, with the largest value taken out first. Rows are read as T, f32 or f64; sums are float64.
import { expBelowZero } from './lanes';
import { expBelowZero64 } from './lanes64';
import { log } from './logarithm';
import { sumLanes } from './width';

/** Values from `x` on, fewer than there are lanes; −∞ in the other lanes. */
function loadRest<T>(x: usize, count: i32): v128 {
  const one = v128.load_lane<T>(x, v128.splat<T>(-Infinity), 0);
  if (sizeof<T>() == 8 || count == 1) return one;
  const two = v128.load_lane<T>(x, one, 1, 4);
  return count == 2 ? two : v128.load_lane<T>(x, two, 2, 8);
}

/** Largest of a row, −∞ of an empty one, NaN of one with a NaN. */
function largest<T>(x: usize, n: i32): f64 {
  const lanes: i32 = 16 / sizeof<T>();
  const whole = n & -lanes;
  const end = x + <usize>whole * sizeof<T>();
  let tops = v128.splat<T>(-Infinity);
  for (; x < end; x += 16) tops = v128.max<T>(tops, v128.load(x));
  if (n > whole) tops = v128.max<T>(tops, loadRest<T>(x, n - whole));
  const top = max(v128.extract_lane<T>(tops, 0), v128.extract_lane<T>(tops, 1));
  if (sizeof<T>() == 8) return top;
  return max(top, max(v128.extract_lane<T>(tops, 2), v128.extract_lane<T>(tops, 3)));
}

/** exp(x) for x ≤ 0, its lanes summed in pairs: two float64 lanes. */
function expPairs<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return expBelowZero64(x);
  const weights = expBelowZero(x);
  const upper = v128.shuffle<i64>(weights, weights, 1, 0);
  return f64x2.add(f64x2.promote_low_f32x4(weights), f64x2.promote_low_f32x4(upper));
}

/** Σ exp(x − top) of a row. */
function sumExp<T>(x: usize, top: T, n: i32): f64 {
  const lanes: i32 = 16 / sizeof<T>();
  const whole = n & -lanes;
  const end = x + <usize>whole * sizeof<T>();
  const tops = v128.splat<T>(top);
  let sum = f64x2.splat(0);
  for (; x < end; x += 16) {
    sum = f64x2.add(sum, expPairs<T>(v128.sub<T>(v128.load(x), tops)));
  }
  if (n > whole) {
    sum = f64x2.add(sum, expPairs<T>(v128.sub<T>(loadRest<T>(x, n - whole), tops)));
  }
  return sumLanes<f64>(sum);
}

// out (rows) = ln Σ exp(x) over rows of x (rows,n) that are `stride` elements apart
function reduceRows<T>(out: usize, x: usize, stride: i32, rows: i32, n: i32): void {
  for (let t = 0; t < rows; t++) {
    const top = largest<T>(x, n);
    const value = isFinite(top) ? top + log(sumExp<T>(x, <T>top, n)) : top;
    store<T>(out, <T>value);
    x += <usize>stride * sizeof<T>();
    out += sizeof<T>();
  }
}

/** float32: absolute error ≤ 4e-7 beside half an ulp of the result. */
export function logSumExpRows(out: usize, x: usize, stride: i32, rows: i32, n: i32): void {
  reduceRows<f32>(out, x, stride, rows, n);
}

/** float64: absolute error ≤ (8 + n/2)·2⁻⁵³ beside an ulp of the result. */
export function logSumExpRows64(out: usize, x: usize, stride: i32, rows: i32, n: i32): void {
  reduceRows<f64>(out, x, stride, rows, n);
}
