// Elementary functions over float64 arrays. Arrays may overlap only when they are the same. A last single
// value has the same bits as the middle.
import { expLanes64, tanhLanes64 } from './lanes64';

// out (n) = exp(x)
export function exp64(out: usize, x: usize, n: i32): void {
  const end = x + ((<usize>(n & ~1)) << 3);
  while (x < end) {
    v128.store(out, expLanes64(v128.load(x)));
    x += 16;
    out += 16;
  }
  if (n & 1) v128.store_lane<f64>(out, expLanes64(v128.load64_zero(x)), 0);
}

// out (n) = tanh(x)
export function tanh64(out: usize, x: usize, n: i32): void {
  const end = x + ((<usize>(n & ~1)) << 3);
  while (x < end) {
    v128.store(out, tanhLanes64(v128.load(x)));
    x += 16;
    out += 16;
  }
  if (n & 1) v128.store_lane<f64>(out, tanhLanes64(v128.load64_zero(x)), 0);
}
