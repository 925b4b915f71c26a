import type { Pointer } from './abi/pointer.js';
import type { Arena } from './arena.js';

/** The hidden layer of a head while it is fitted; see `FitHead` in assembly/fit-head.ts. */
export interface FitHeadShape {
  /** Width d of a token. */
  readonly width: number;
  /** Number m of neurons. */
  readonly neurons: number;
  /** One φ for queries and keys. */
  readonly shared: boolean;
}

/** Where each part of a head's row of parameters begins, in float32 elements; `length` is that of the row. */
export interface FitHeadLayout {
  /** W (neurons,width). */
  readonly queryWeights: number;
  /** c (neurons). */
  readonly queryBias: number;
  readonly keyWeights: number;
  readonly keyBias: number;
  /** α (width). */
  readonly curvature: number;
  /** γ, then the offset o. */
  readonly gains: number;
  readonly length: number;
}

/** The order of a head's parameters: W_q, c_q, W_k, c_k, α, γ, o; with one φ W, c, α, γ, o. */
export function layOutFitHead({ width, neurons, shared }: FitHeadShape): FitHeadLayout {
  const weights = width * neurons;
  const keys = shared ? 0 : weights + neurons;
  const curvature = keys + weights + neurons;
  return {
    queryWeights: 0,
    queryBias: weights,
    keyWeights: keys,
    keyBias: keys + weights,
    curvature,
    gains: curvature + width,
    length: curvature + width + 2,
  };
}

/** Describes a head whose parameters lie at `base` to the kernels. */
export function placeFitHead(arena: Arena, shape: FitHeadShape, base: Pointer): Pointer {
  const { queryWeights, queryBias, keyWeights, keyBias, curvature, gains } = layOutFitHead(shape);
  const parts = [0, queryWeights, queryBias, keyWeights, keyBias, curvature, gains];
  const at = arena.allocate(40);
  const { width, neurons, shared } = shape;
  const pointers = parts.map((part) => base + 4 * part);
  arena.viewIntegers(at, 10).set([width, neurons, shared ? 1 : 0, ...pointers]);
  return at;
}
