// Write and read phase of a neuron–astrocyte head (Kozachkov et al. 2023; equations in docs/model.md 1).
// The synapses S (neurons, width + 1) hold Hᵀ and, as their last column, g: values carry a column of ones, so
// that the response comes with the output. S is stored as S · 2^−exponent, in two float32 parts (compensated
// sum), so that a million tokens lose no digits.
import { ABSENT } from './hidden';

/** 2ⁿ as f32, 0 below the normal range. */
function power(n: i32): f32 {
  return n < -126 ? 0 : reinterpret<f32>((n + 127) << 23);
}

/** The larger of `exponent` and those of the rows. */
export function largestExponent(exponents: usize, exponent: i32, rows: i32): i32 {
  for (let t = 0; t < rows; t++) exponent = max(exponent, load<i32>(exponents + ((<usize>t) << 2)));
  return exponent;
}

/** out (rows,width + 1), packed = [v | 1] · 2^(exponents − exponent); a silent token's row is 0. */
export function stretchValues(
  out: usize,
  v: usize,
  stride: i32,
  exponents: usize,
  exponent: i32,
  rows: i32,
  width: i32,
): void {
  for (let t = 0; t < rows; t++) {
    const own = load<i32>(exponents + ((<usize>t) << 2));
    const factor = power(own - exponent);
    const from = v + ((<usize>t * <usize>stride) << 2);
    // A silent token's values may be anything, NaN too: they must not be multiplied in.
    if (own == ABSENT) memory.fill(out, 0, (<usize>width) << 2);
    else {
      for (let j = 0; j < width; j++) {
        const at = (<usize>j) << 2;
        store<f32>(out + at, load<f32>(from + at) * factor);
      }
    }
    store<f32>(out + ((<usize>width) << 2), factor);
    out += (<usize>width + 1) << 2;
  }
}

/** x (n) ← x · 2^shift, exact unless it underflows. */
export function rescale(x: usize, shift: i32, n: i32): void {
  const factor = power(shift);
  for (let i = 0; i < n; i++) {
    store<f32>(x, load<f32>(x) * factor);
    x += 4;
  }
}

/** (sum, rest) (n) += x (n), Neumaier's compensated sum as one two-sum per value: sum stays the rounded total. */
export function accumulate(sum: usize, rest: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const s = load<f32>(sum);
    const y = load<f32>(x) + load<f32>(rest);
    const total = s + y;
    const part = total - s;
    store<f32>(rest, s - (total - part) + (y - part));
    store<f32>(sum, total);
    sum += 4;
    rest += 4;
    x += 4;
  }
}

/**
 * Causal part of a block: weights (rows,rows) ← weights · 2^(key exponents − query's running exponent) for keys
 * up to the query's own token, 0 after it. running (rows, i32) receives the running exponent, factors (rows)
 * 2^(exponent − running), by which what was read from older tokens is to be multiplied.
 */
export function causalWeights(
  weights: usize,
  stride: i32,
  running: usize,
  factors: usize,
  exponents: usize,
  exponent: i32,
  rows: i32,
): void {
  let top = exponent;
  for (let t = 0; t < rows; t++) {
    top = max(top, load<i32>(exponents + ((<usize>t) << 2)));
    store<i32>(running + ((<usize>t) << 2), top);
    store<f32>(factors + ((<usize>t) << 2), power(exponent - top));
    const row = weights + ((<usize>t * <usize>stride) << 2);
    for (let s = 0; s < rows; s++) {
      const at = (<usize>s) << 2;
      const own = load<i32>(exponents + at);
      store<f32>(row + at, s <= t ? load<f32>(row + at) * power(own - top) : <f32>0);
    }
  }
}
