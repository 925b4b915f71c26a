// Elementary functions over arrays. Arrays may overlap only when they are the same. A tail of fewer than four
// values goes through a scratch vector, with the same bits as in the middle.
import {
  expFraction,
  expLanes,
  expQuotient,
  expRange,
  geluLanes,
  scaleTwice,
  tanhLanes,
  wholePart,
} from './lanes';
import { sinLanes } from './trigonometry';

const TAIL = memory.data(16, 16);

/** Copies up to three floats into the scratch vector and gives it back. (`memory.copy` costs a call each time.) */
export function loadTail(x: usize, count: i32): v128 {
  v128.store(TAIL, f32x4.splat(0));
  for (let i = 0; i < count; i++) {
    store<f32>(TAIL + ((<usize>i) << 2), load<f32>(x + ((<usize>i) << 2)));
  }
  return v128.load(TAIL);
}

/** Stores the first `count` lanes. */
export function storeTail(out: usize, lanes: v128, count: i32): void {
  v128.store(TAIL, lanes);
  for (let i = 0; i < count; i++) {
    store<f32>(out + ((<usize>i) << 2), load<f32>(TAIL + ((<usize>i) << 2)));
  }
}

// out (n) = exp(x)
export function exp(out: usize, x: usize, n: i32): void {
  const whole = n & ~3;
  const end = x + ((<usize>whole) << 2);
  while (x < end) {
    // As `expLanes`, which is too large to be inlined by the compiler.
    const inRange = expRange(v128.load(x));
    const quotient = expQuotient(inRange);
    v128.store(out, scaleTwice(expFraction(inRange, quotient), wholePart(quotient)));
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

// out (n) = sin(x + quarter·π/2)
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
