import type { Pointer } from './pointer.js';

/** Reverse passes: gradients of what a layer reads, from gradients of what it gives. */
export interface ReverseFunctions {
  /**
   * dx (rows,n) (+)= the gradient through `layerNorm` of x, given dy; dx may be dy where it is set. Error ≤
   * 2⁻²⁴·|dx| + 1e-12·(inverse deviation)·max|dy weight|, of the float64 gradient of the float32 x.
   */
  layerNormReverse(
    dx: Pointer,
    dy: Pointer,
    x: Pointer,
    weight: Pointer,
    epsilon: number,
    rows: number,
    n: number,
    accumulate: boolean,
  ): void;
  /** dx (n) = dy where y = max(x, 0) is above 0, else 0; may be in place. */
  reluReverse(dx: Pointer, dy: Pointer, y: Pointer, n: number): void;
  /** dx (n) = dy · (Φ(x) + x φ(x)), error ≤ 3e-7·|dy|; may be in place; NaN where x is ±∞. */
  geluReverse(dx: Pointer, dy: Pointer, x: Pointer, n: number): void;
  /** dx (n) = dy · (1 − y²), y = tanh(x), error ≤ 1.5e-7·|dy|; may be in place. */
  tanhReverse(dx: Pointer, dy: Pointer, y: Pointer, n: number): void;
  /** out (n) (+)= sum of the rows of x (rows,n), each column in float64 from the first row on, ≤ 1 ulp. */
  sumRows(
    out: Pointer,
    x: Pointer,
    stride: number,
    rows: number,
    n: number,
    accumulate: boolean,
  ): void;
}
