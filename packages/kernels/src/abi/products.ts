import type { Pointer } from './pointer.js';

/** Matrix products, and what they read packed. */
export interface ProductFunctions {
  /**
   * C (m,n) (+)= A (m,k) B (k,n), any strides; `scratch` as of `scratchBytes`. Error ≤ k·2⁻²⁴·Σ|a b|, one more term
   * where it adds.
   */
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
  /** Bytes of weights (input,output) and a bias, packed. */
  packedWeightsBytes(input: number, output: number): number;
  /** Weights (input,output), element (i,o) at w + i·row + o·column, and bias (output), packed for `linear`. */
  packWeights(
    out: Pointer,
    w: Pointer,
    row: number,
    column: number,
    bias: Pointer,
    input: number,
    output: number,
  ): void;
  /** w (output,input), row by row, and bias (output) = what `packWeights` packed, bit for bit. */
  unpackWeights(w: Pointer, bias: Pointer, packed: Pointer, input: number, output: number): void;
  /**
   * out (rows,output) = f(x W + b), or f(out + x W + b) with `accumulate`; f by `linearActivations`.
   * Error before f ≤ (input + 1)·2⁻²⁴·Σ|terms|, one more term where it adds; GELU adds 3e-7·max(1, |x W + b|).
   */
  linear(
    out: Pointer,
    outStride: number,
    x: Pointer,
    xStride: number,
    weights: Pointer,
    activation: number,
    accumulate: boolean,
    rows: number,
    input: number,
    output: number,
    scratch: Pointer,
  ): void;
  /** Most bytes of (rows,depth) in panels. */
  panelBytes(rows: number, depth: number): number;
  /** x (rows,depth) in panels of as many rows as a tile has. */
  packRowPanels(out: Pointer, x: Pointer, stride: number, rows: number, depth: number): void;
  /** x (rows,depth) in panels of eight rows, which stand in the lanes. */
  packLanePanels(out: Pointer, x: Pointer, stride: number, rows: number, depth: number): void;
  /** Bytes of scratch memory that suffices for everything that does not say otherwise. */
  scratchBytes(width: number, valueWidth: number, neurons: number): number;
}

/** The codes that `linear` takes, by activation. */
export const linearActivations = { none: 0, relu: 1, gelu: 2 } as const;
