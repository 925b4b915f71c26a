// Elementary functions over arrays. Arrays may overlap only when they are the same. A tail of fewer than four
// values has the same bits as the middle.
import { expLanes, geluLanes, tanhLanes } from './lanes';
import { sinLanes } from './trigonometry';

/** Loads one to three floats, the other lanes 0. Lane by lane: nothing beyond them is read. */
export function loadTail(x: usize, count: i32): v128 {
  if (count == 1) return v128.load32_zero(x);
  const two = v128.load64_zero(x);
  return count == 2 ? two : v128.load_lane<f32>(x, two, 2, 8);
}

/** Stores the first `count` lanes, one to three. */
export function storeTail(out: usize, lanes: v128, count: i32): void {
  if (count == 1) v128.store_lane<f32>(out, lanes, 0);
  else {
    v128.store_lane<f64>(out, lanes, 0);
    if (count == 3) v128.store_lane<f32>(out, lanes, 2, 8);
  }
}

// out (n) = exp(x)
export function exp(out: usize, x: usize, n: i32): void {
  const whole = n & ~3;
  const end = x + ((<usize>whole) << 2);
  while (x < end) {
    v128.store(out, expLanes(v128.load(x)));
    x += 16;
    out += 16;
  }
  if (n > whole) storeTail(out, expLanes(loadTail(x, n - whole)), n - whole);
}

// out (n) = tanh(x)
export function tanh(out: usize, x: usize, n: i32): void {
  const whole = n & ~3;
  const end = x + ((<usize>whole) << 2);
  while (x < end) {
    v128.store(out, tanhLanes(v128.load(x)));
    x += 16;
    out += 16;
  }
  if (n > whole) storeTail(out, tanhLanes(loadTail(x, n - whole)), n - whole);
}

// out (n) = gelu(x), with erf
export function gelu(out: usize, x: usize, n: i32): void {
  const whole = n & ~3;
  const end = x + ((<usize>whole) << 2);
  while (x < end) {
    v128.store(out, geluLanes(v128.load(x)));
    x += 16;
    out += 16;
  }
  if (n > whole) storeTail(out, geluLanes(loadTail(x, n - whole)), n - whole);
}

// out (n) = max(x, 0)
export function relu(out: usize, x: usize, n: i32): void {
  const zero = f32x4.splat(0);
  const whole = n & ~3;
  const end = x + ((<usize>whole) << 2);
  while (x < end) {
    v128.store(out, f32x4.max(v128.load(x), zero));
    x += 16;
    out += 16;
  }
  if (n > whole) storeTail(out, f32x4.max(loadTail(x, n - whole), zero), n - whole);
}

// out (n) = sin(x + quarter·π/2), absolute error ≤ 2e-7 for |x| ≤ 10⁵; the sine of −0 is 0
export function sin(out: usize, x: usize, n: i32, quarter: i32): void {
  const whole = n & ~3;
  const end = x + ((<usize>whole) << 2);
  while (x < end) {
    v128.store(out, sinLanes(v128.load(x), quarter));
    x += 16;
    out += 16;
  }
  if (n > whole) storeTail(out, sinLanes(loadTail(x, n - whole), quarter), n - whole);
}

// out (n) = a + b
export function add(out: usize, a: usize, b: usize, n: i32): void {
  const whole = n & ~3;
  const end = a + ((<usize>whole) << 2);
  while (a < end) {
    v128.store(out, f32x4.add(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    out += 16;
  }
  if (n > whole)
    storeTail(out, f32x4.add(loadTail(a, n - whole), loadTail(b, n - whole)), n - whole);
}
