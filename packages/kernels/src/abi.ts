/** A byte address in the instance's memory. */
export type Pointer = number;

/**
 * The functions that the module exports. Outputs come first, then inputs, parameters and sizes; pointers are
 * byte addresses, sizes and strides count float32 elements. See the module's sources for shapes and error
 * bounds.
 */
export interface KernelFunctions {
  /** out (n) = exp(x), ≤ 2 ulp. */
  exp(out: Pointer, x: Pointer, n: number): void;
  /** out (n) = tanh(x), ≤ 7 ulp for |x| ≥ 2⁻¹²⁰, below that an absolute error ≤ 3e-43. */
  tanh(out: Pointer, x: Pointer, n: number): void;
  /** out (n) = exp(x) in float64, ≤ 2 ulp. */
  exp64(out: Pointer, x: Pointer, n: number): void;
  /** out (n) = tanh(x) in float64, ≤ 5 ulp, odd, never beyond ±1. */
  tanh64(out: Pointer, x: Pointer, n: number): void;
  /** ln x of one number, in float64, ≤ 1 ulp; −∞ at 0, NaN below. */
  log(x: number): number;
  /** out (n) = x·(1 + erf(x/√2))/2, absolute error ≤ 3e-7·max(1, |x|); −∞ gives NaN. */
  gelu(out: Pointer, x: Pointer, n: number): void;
  /** out (n) = max(x, 0). */
  relu(out: Pointer, x: Pointer, n: number): void;
  /** out (n) = sin(x + quarter·π/2), absolute error ≤ 2e-7 for |x| ≤ 10⁵. */
  sin(out: Pointer, x: Pointer, n: number, quarter: number): void;
  /** out (n) = a + b. */
  add(out: Pointer, a: Pointer, b: Pointer, n: number): void;
  /** out (rows,n), packed = factor · x; rows of x are `stride` apart. */
  scaleRows(
    out: Pointer,
    x: Pointer,
    stride: number,
    factor: number,
    rows: number,
    n: number,
  ): void;
  /** out (columns,rows), its rows `stride` apart = xᵀ; x (rows,columns), packed. */
  transpose(out: Pointer, stride: number, x: Pointer, rows: number, columns: number): void;
  /** out (rows,n) = bias (n) in every row. */
  fillRows(out: Pointer, stride: number, bias: Pointer, rows: number, n: number): void;
  /** out (rows,n) = (x − mean)/√(variance + epsilon) · weight + bias, per row. */
  layerNorm(
    out: Pointer,
    x: Pointer,
    weight: Pointer,
    bias: Pointer,
    epsilon: number,
    rows: number,
    n: number,
  ): void;
  /** out (rows) (+)= constant + norm·‖x‖² + gain·x; `gain` 0 is none. */
  quadraticForm(
    out: Pointer,
    x: Pointer,
    gain: Pointer,
    norm: number,
    constant: number,
    rows: number,
    n: number,
    accumulate: boolean,
  ): void;
  /** x (rows,n) ← exp(x − max), with sums and maxima (rows); masked and later keys weigh 0. */
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
  /**
   * out (rows) = ln Σ exp(x) over rows of x (rows,n), absolute error ≤ 4e-7 beside half an ulp. A row with a NaN
   * gives NaN, with ∞ but no NaN ∞, one of nothing but −∞, or of nothing, −∞.
   */
  logSumExpRows(out: Pointer, x: Pointer, stride: number, rows: number, n: number): void;
  /** `logSumExpRows` of float64 values, absolute error ≤ (8 + n/2)·2⁻⁵³ beside an ulp; out is float64 too. */
  logSumExpRows64(out: Pointer, x: Pointer, stride: number, rows: number, n: number): void;
  /** out (rows,n) = x · factor (rows). */
  gateRows(
    out: Pointer,
    outStride: number,
    x: Pointer,
    stride: number,
    factor: Pointer,
    rows: number,
    n: number,
  ): void;
  /** C (m,n) (+)= A (m,k) B (k,n), any strides. */
  gemm(
    c: Pointer,
    cRow: number,
    a: Pointer,
    aRow: number,
    aColumn: number,
    b: Pointer,
    bRow: number,
    bColumn: number,
    m: number,
    n: number,
    k: number,
    accumulate: boolean,
    scratch: Pointer,
  ): void;
  /** Bytes of scratch memory for `gemm`. */
  gemmScratchBytes(): number;
  /** z (rows,neurons) ← hidden activity φ · 2^−exponent, with exponents (rows, i32). */
  excite(
    z: Pointer,
    stride: number,
    exponents: Pointer,
    scale: Pointer,
    shift: Pointer,
    mask: Pointer,
    activation: number,
    rows: number,
    neurons: number,
  ): void;
  /** The larger of `exponent` and exponents (rows). */
  largestExponent(exponents: Pointer, exponent: number, rows: number): number;
  /** out (rows,width + 1) = [v | 1] · 2^(exponents − exponent). */
  stretchValues(
    out: Pointer,
    v: Pointer,
    stride: number,
    exponents: Pointer,
    exponent: number,
    rows: number,
    width: number,
  ): void;
  /** x (n) ← x · 2^shift. */
  rescale(x: Pointer, shift: number, n: number): void;
  /** (sum, rest) (n) += x, compensated. */
  accumulate(sum: Pointer, rest: Pointer, x: Pointer, n: number): void;
  /** weights (rows,rows) of the tokens of a causal block, with running exponents and factors (rows). */
  causalWeights(
    weights: Pointer,
    stride: number,
    running: Pointer,
    factors: Pointer,
    exponents: Pointer,
    exponent: number,
    rows: number,
  ): void;
  /**
   * x (n), s (n,n), p (n,n) ← `steps` Euler steps of the neuron–astrocyte associative memory, float32; patterns
   * (count,n); inputs b (n), c (n,n), d (n,n), 0 for none; parameters, float64, as in `memoryParameters`. Three
   * steps keep within 2e-6 of the largest value.
   */
  memorySteps32(
    x: Pointer,
    s: Pointer,
    p: Pointer,
    patterns: Pointer,
    b: Pointer,
    c: Pointer,
    d: Pointer,
    parameters: Pointer,
    steps: number,
    n: number,
    count: number,
    scratch: Pointer,
  ): void;
  /** `memorySteps32` with every array in float64; three steps keep within 1e-14 of the largest value. */
  memorySteps64(
    x: Pointer,
    s: Pointer,
    p: Pointer,
    patterns: Pointer,
    b: Pointer,
    c: Pointer,
    d: Pointer,
    parameters: Pointer,
    steps: number,
    n: number,
    count: number,
    scratch: Pointer,
  ): void;
  /** Bytes of scratch memory for `memorySteps32`. */
  memoryScratchBytes32(n: number, count: number): number;
  /** Bytes of scratch memory for `memorySteps64`. */
  memoryScratchBytes64(n: number, count: number): number;
  /** First byte that the module's constants do not use. */
  heapBase(): number;
}

/** The codes that `excite` takes, by activation. */
export const activations = {
  exponential: 0,
  cosine: 1,
  'positive-cosine': 2,
  'clipped-exponential': 3,
  'clipped-sine': 4,
  linear: 5,
  elu: 6,
  relu: 7,
} as const;

/**
 * The parameters of the associative memory, in the order of their table: β of tanh(β·); rates of decay λ of
 * neurons, α of synapses, γ of astrocyte processes; κ, which scales g(s) in p′ (1 normally); times τ_n, τ_s, τ_p
 * and the step dt, in one unit.
 */
export const memoryParameters = [
  'beta',
  'lambda',
  'alpha',
  'gamma',
  'kappa',
  'tauN',
  'tauS',
  'tauP',
  'dt',
] as const;

/** Exponent of a silent (masked) token, and of synapses that nothing was written to. */
export const absent: number = -(2 ** 20);
