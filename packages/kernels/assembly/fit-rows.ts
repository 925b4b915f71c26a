// Row by row arithmetic of fitting: matrices here are packed, (rows,n) float32.
import { loadTail, storeTail } from './elementwise';
import { expBelowZero } from './lanes';
import { maxLanes, sumLanes } from './rows';

/** x (n) ← x + c (n) + term; returns the largest. */
export function addToRow(x: usize, c: usize, term: f32, n: i32): f32 {
  const terms = f32x4.splat(term);
  const whole = n & ~3;
  let tops = f32x4.splat(-Infinity);
  for (let j = 0; j < whole; j += 4) {
    const at = (<usize>j) << 2;
    const sum = f32x4.add(v128.load(x + at), f32x4.add(v128.load(c + at), terms));
    v128.store(x + at, sum);
    tops = f32x4.pmax(tops, sum);
  }
  let top = maxLanes(tops);
  for (let j = whole; j < n; j++) {
    const at = (<usize>j) << 2;
    const sum = load<f32>(x + at) + (load<f32>(c + at) + term);
    store<f32>(x + at, sum);
    top = max(top, sum);
  }
  return top;
}

/** x (n) ← exp(x − top), x ≤ top. */
export function exponentiateRow(x: usize, top: f32, n: i32): void {
  const tops = f32x4.splat(top);
  const whole = n & ~3;
  for (let j = 0; j < whole; j += 4) {
    const at = x + ((<usize>j) << 2);
    v128.store(at, expBelowZero(f32x4.sub(v128.load(at), tops)));
  }
  if (n > whole) {
    const at = x + ((<usize>whole) << 2);
    storeTail(at, expBelowZero(f32x4.sub(loadTail(at, n - whole), tops)), n - whole);
  }
}

/** Σ x over a row. */
export function sumOfRow(x: usize, n: i32): f32 {
  const whole = n & ~3;
  let sum = f32x4.splat(0);
  for (let j = 0; j < whole; j += 4) sum = f32x4.add(sum, v128.load(x + ((<usize>j) << 2)));
  let total = sumLanes(sum);
  for (let j = whole; j < n; j++) total += load<f32>(x + ((<usize>j) << 2));
  return total;
}

/** Σ x y over a row. */
export function dotRows(x: usize, y: usize, n: i32): f32 {
  const whole = n & ~3;
  let sum = f32x4.splat(0);
  for (let j = 0; j < whole; j += 4) {
    const at = (<usize>j) << 2;
    sum = f32x4.add(sum, f32x4.mul(v128.load(x + at), v128.load(y + at)));
  }
  let total = sumLanes(sum);
  for (let j = whole; j < n; j++) {
    const at = (<usize>j) << 2;
    total += load<f32>(x + at) * load<f32>(y + at);
  }
  return total;
}

/** Σ w x² over a row. */
export function weightedSquare(x: usize, w: usize, n: i32): f32 {
  let total: f32 = 0;
  for (let j = 0; j < n; j++) {
    const value = load<f32>(x + ((<usize>j) << 2));
    total += load<f32>(w + ((<usize>j) << 2)) * value * value;
  }
  return total;
}

/** x (n) ← x · y. */
export function multiplyRow(x: usize, y: usize, n: i32): void {
  const whole = n & ~3;
  for (let j = 0; j < whole; j += 4) {
    const at = (<usize>j) << 2;
    v128.store(x + at, f32x4.mul(v128.load(x + at), v128.load(y + at)));
  }
  for (let j = whole; j < n; j++) {
    const at = (<usize>j) << 2;
    store<f32>(x + at, load<f32>(x + at) * load<f32>(y + at));
  }
}

/** out (n) ← out + factor · x. */
export function addScaledRow(out: usize, x: usize, factor: f32, n: i32): void {
  const factors = f32x4.splat(factor);
  const whole = n & ~3;
  for (let j = 0; j < whole; j += 4) {
    const at = (<usize>j) << 2;
    v128.store(out + at, f32x4.add(v128.load(out + at), f32x4.mul(factors, v128.load(x + at))));
  }
  for (let j = whole; j < n; j++) {
    const at = (<usize>j) << 2;
    store<f32>(out + at, load<f32>(out + at) + factor * load<f32>(x + at));
  }
}

/** out (n) ← out + factor · x². */
export function addScaledSquares(out: usize, x: usize, factor: f32, n: i32): void {
  for (let j = 0; j < n; j++) {
    const at = (<usize>j) << 2;
    const value = load<f32>(x + at);
    store<f32>(out + at, load<f32>(out + at) + factor * value * value);
  }
}

/** x (n) ← factor · x. */
export function scaleRow(x: usize, factor: f32, n: i32): void {
  for (let j = 0; j < n; j++) {
    const at = x + ((<usize>j) << 2);
    store<f32>(at, load<f32>(at) * factor);
  }
}

/** out (n) ← out + factor · x · y. */
export function addScaledProduct(out: usize, x: usize, y: usize, factor: f32, n: i32): void {
  for (let j = 0; j < n; j++) {
    const at = (<usize>j) << 2;
    const product = load<f32>(x + at) * load<f32>(y + at);
    store<f32>(out + at, load<f32>(out + at) + factor * product);
  }
}
