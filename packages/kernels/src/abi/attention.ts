import type { Pointer } from './pointer.js';

/** Attention heads. A `mask` has a byte per token (0: left out), or is 0; `scratch` has `scratchBytes`. */
export interface AttentionFunctions {
  /** Bytes of the synapses of a head, with what they point to. */
  synapsesBytes(width: number, neurons: number): number;
  /** Lays out synapses, with nothing written. */
  clearSynapses(at: Pointer, width: number, neurons: number): void;
  /** Packs synapses for reading; to be called after writing. */
  packSynapses(at: Pointer): void;
  /**
   * Write phase, for the strips (eight neurons each) from `first` to `last`. Error ≤ 2⁻²² of Σ|terms| for random
   * tokens, with the sizes and the worst case that assembly/astrocyte.ts states.
   */
  writeTokens(
    synapses: Pointer,
    input: Pointer,
    k: Pointer,
    kStride: number,
    v: Pointer,
    vStride: number,
    mask: Pointer,
    rows: number,
    first: number,
    last: number,
    scratch: Pointer,
  ): void;
  /** Read phase: out (rows,width), responses (rows) and exponents (rows, i32); without `gate` not yet divided by the responses. Errors as of `writeTokens`. */
  readTokens(
    out: Pointer,
    outStride: number,
    responses: Pointer,
    exponents: Pointer,
    synapses: Pointer,
    input: Pointer,
    q: Pointer,
    qStride: number,
    rows: number,
    gate: boolean,
    scratch: Pointer,
  ): void;
  /** Causal: each token is written, then its query read; `activity` is room for (block + 6, neurons rounded up to 8) floats. */
  streamTokens(
    out: Pointer,
    outStride: number,
    responses: Pointer,
    exponents: Pointer,
    synapses: Pointer,
    query: Pointer,
    key: Pointer,
    q: Pointer,
    qStride: number,
    k: Pointer,
    kStride: number,
    v: Pointer,
    vStride: number,
    mask: Pointer,
    rows: number,
    gate: boolean,
    block: number,
    activity: Pointer,
    scratch: Pointer,
  ): void;
  /** Bytes of scratch memory of `streamTokens`. */
  streamScratch(width: number, valueWidth: number, neurons: number, block: number): number;
  /** A whole neuron–astrocyte head in scratch memory: q, k (rows,width), v (rows,valueWidth), all rows `stride` apart. */
  astrocyteHead(
    out: Pointer,
    outStride: number,
    responses: Pointer,
    exponents: Pointer,
    query: Pointer,
    key: Pointer,
    q: Pointer,
    k: Pointer,
    v: Pointer,
    stride: number,
    rows: number,
    valueWidth: number,
    gate: boolean,
    scratch: Pointer,
  ): void;
  /** Bytes of scratch memory of `astrocyteHead`. */
  astrocyteHeadScratch(width: number, valueWidth: number, neurons: number): number;
  /** Bytes of a cache of keys. */
  keyCacheBytes(tokens: number, width: number): number;
  /** Bytes of a cache of values. */
  valueCacheBytes(tokens: number, valueWidth: number): number;
  /** Puts tokens into a cache that holds `first`; keys are multiplied by `scale`. */
  cacheTokens(
    keys: Pointer,
    values: Pointer,
    k: Pointer,
    kStride: number,
    v: Pointer,
    vStride: number,
    mask: Pointer,
    scale: number,
    first: number,
    rows: number,
    width: number,
    valueWidth: number,
  ): void;
  /** Copies a cache out: k (tokens,width), as scaled, v (tokens,valueWidth). */
  recallTokens(
    k: Pointer,
    v: Pointer,
    keys: Pointer,
    values: Pointer,
    tokens: number,
    width: number,
    valueWidth: number,
  ): void;
  /** Softmax attention over a cache: out (rows,valueWidth), sums and maxima (rows); the normaliser is sum · exp(maximum). `causal` ≥ 0: query t sees tokens up to `causal` + t. Error ≤ 2⁻²¹ for random tokens, see assembly/softmax-attention.ts. */
  readSoftmax(
    out: Pointer,
    outStride: number,
    sums: Pointer,
    maxima: Pointer,
    keys: Pointer,
    values: Pointer,
    mask: Pointer,
    causal: number,
    q: Pointer,
    qStride: number,
    scale: number,
    rows: number,
    tokens: number,
    width: number,
    valueWidth: number,
    scratch: Pointer,
  ): void;
  /** A whole softmax head in scratch memory: q, k (rows,width), v (rows,valueWidth), all rows `stride` apart. */
  softmaxHead(
    out: Pointer,
    outStride: number,
    sums: Pointer,
    maxima: Pointer,
    q: Pointer,
    k: Pointer,
    v: Pointer,
    stride: number,
    scale: number,
    rows: number,
    width: number,
    valueWidth: number,
    scratch: Pointer,
  ): void;
  /** Bytes of scratch memory of `softmaxHead`. */
  softmaxHeadScratch(tokens: number, width: number, valueWidth: number): number;
}

/** The codes of φ, by activation. */
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

/** Exponent of synapses that nothing was written to. */
export const absent: number = -(2 ** 20);
