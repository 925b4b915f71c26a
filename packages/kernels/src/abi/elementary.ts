import type { Pointer } from './pointer.js';

/** Functions of single values and of single rows. */
export interface ElementaryFunctions {
  /** out (n) = exp(x), ≤ 2 ulp. */
  exp(out: Pointer, x: Pointer, n: number): void;
  /** out (n) = tanh(x), ≤ 7 ulp for |x| ≥ 2⁻¹²⁰, below that an absolute error ≤ 3e-43. */
  tanh(out: Pointer, x: Pointer, n: number): void;
  /** out (n) = x·(1 + erf(x/√2))/2, absolute error ≤ 3e-7·max(1, |x|); −∞ gives NaN. */
  gelu(out: Pointer, x: Pointer, n: number): void;
  /** out (n) = max(x, 0). */
  relu(out: Pointer, x: Pointer, n: number): void;
  /** out (n) = sin(x + quarter·π/2), absolute error ≤ 2e-7 for |x| ≤ 10⁵; the sine of −0 is 0. */
  sin(out: Pointer, x: Pointer, n: number, quarter: number): void;
  /** out (n) = a + b. */
  add(out: Pointer, a: Pointer, b: Pointer, n: number): void;
  /** out (rows,n), packed = factor · x, rounded once; rows of x are `stride` apart. */
  scaleRows(
    out: Pointer,
    x: Pointer,
    stride: number,
    factor: number,
    rows: number,
    n: number,
  ): void;
  /** out (rows,n) = x · factor (rows), rounded once. */
  gateRows(
    out: Pointer,
    outStride: number,
    x: Pointer,
    stride: number,
    factor: Pointer,
    rows: number,
    n: number,
  ): void;
  /** out (rows,n) = (x − mean)/√(variance + epsilon) · weight + bias, per row; error ≤ 3·2⁻²⁴·(|out − bias| + |bias|) + 3e-12. */
  layerNorm(
    out: Pointer,
    x: Pointer,
    weight: Pointer,
    bias: Pointer,
    epsilon: number,
    rows: number,
    n: number,
  ): void;
  /** x (rows,n) ← exp(x − max), with sums and maxima (rows); masked and later keys weigh 0. Relative error of a weight ≤ (4 + max − x)·2⁻²⁴, of a sum (n/4 + 8)·2⁻²⁴. */
  softmaxRows(
    x: Pointer,
    stride: number,
    sums: Pointer,
    maxima: Pointer,
    mask: Pointer,
    causal: number,
    rows: number,
    n: number,
  ): void;
  /** First byte that the module's constants do not use. */
  heapBase(): number;
}
