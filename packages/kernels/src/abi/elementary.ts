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
  /** out (n) = exp(x) in float64, ≤ 2 ulp. */
  exp64(out: Pointer, x: Pointer, n: number): void;
  /** out (n) = tanh(x) in float64, ≤ 5 ulp, odd, never beyond ±1. */
  tanh64(out: Pointer, x: Pointer, n: number): void;
  /** ln x of one number, in float64, ≤ 1 ulp; −∞ at 0, NaN below. */
  log(x: number): number;
  /**
   * out (rows) = ln Σ exp(x) over rows of x (rows,n), absolute error ≤ 4e-7 beside half an ulp. A row with a NaN
   * gives NaN, with ∞ but no NaN ∞, one of nothing but −∞, or of nothing, −∞.
   */
  logSumExpRows(out: Pointer, x: Pointer, stride: number, rows: number, n: number): void;
  /** `logSumExpRows` of float64 values, absolute error ≤ (8 + n/2)·2⁻⁵³ beside an ulp; out is float64 too. */
  logSumExpRows64(out: Pointer, x: Pointer, stride: number, rows: number, n: number): void;
  /** out (n) = mean over the rows of x (rows,n), each summed in float64 from the first row on, ≤ 1 ulp. */
  meanRows(out: Pointer, x: Pointer, rows: number, n: number): void;
  /** First byte that the module's constants do not use. */
  heapBase(): number;
}
