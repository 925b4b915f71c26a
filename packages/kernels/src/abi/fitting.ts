import type { Pointer } from './pointer.js';

/** What fitting a hidden layer needs; `head` is a `FitHead` as `placeFitHead` lays it out. */
export interface FittingFunctions {
  /**
   * gradient (as the parameters) and losses (2, f64: sums over queries of KL(p ‖ p̂), 0 unless `measure`, and of
   * (ln ĝ − ln g)²) of a head on balanced q, k (rows,width) with the keys' gains (rows); `response` weighs the second,
   * `factor` all of the gradient.
   */
  learnHead(
    gradient: Pointer,
    losses: Pointer,
    head: Pointer,
    q: Pointer,
    k: Pointer,
    gains: Pointer,
    rows: number,
    response: number,
    factor: number,
    measure: boolean,
    scratch: Pointer,
  ): void;
  /** Bytes of scratch memory of `learnHead`. */
  learnHeadScratch(rows: number, neurons: number): number;
  /**
   * out (rows,valueWidth) of a head on balanced q, k (rows,width), gains (rows) and v (rows,valueWidth); `kept` has
   * `tunedBytes` for the way back.
   */
  tuneHead(
    out: Pointer,
    outStride: number,
    kept: Pointer,
    head: Pointer,
    q: Pointer,
    k: Pointer,
    gains: Pointer,
    v: Pointer,
    vStride: number,
    rows: number,
    valueWidth: number,
    scratch: Pointer,
  ): void;
  /**
   * From the gradient of a head's output to those of its parameters (but 0 for the offset, which divides out), of v,
   * and with `tokens` of q, k and gains; all written.
   */
  tuneHeadReverse(
    gradient: Pointer,
    dq: Pointer,
    dk: Pointer,
    dGains: Pointer,
    dv: Pointer,
    dvStride: number,
    kept: Pointer,
    head: Pointer,
    q: Pointer,
    k: Pointer,
    gains: Pointer,
    v: Pointer,
    vStride: number,
    dOut: Pointer,
    dOutStride: number,
    rows: number,
    valueWidth: number,
    tokens: boolean,
    scratch: Pointer,
  ): void;
  /** Bytes that `tuneHead` keeps. */
  tunedBytes(rows: number, neurons: number): number;
  /** Bytes of scratch memory of `tuneHead` and `tuneHeadReverse`. */
  tuneScratch(rows: number, neurons: number): number;
  /**
   * One step of Adam on x (n) with the moments m and v; `first` and `second` are 1/(1 − βᵗ) of the two.
   */
  adamStep(
    x: Pointer,
    m: Pointer,
    v: Pointer,
    gradient: Pointer,
    rate: number,
    beta1: number,
    beta2: number,
    first: number,
    second: number,
    epsilon: number,
    n: number,
  ): void;
}
