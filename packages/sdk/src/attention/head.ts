import type { Engine } from '../engine.js';
import type { HiddenLayer } from '../hidden/hidden-layer.js';

/** What a head says to some queries. */
export interface Readout {
  /** (queries, valueWidth). */
  readonly output: Float32Array;
  /** Astrocyte response c_t of each query, unscaled (softmax: the normaliser Σ_s exp(q·k_s/√d)). */
  readonly response: Float64Array;
  /** ln |c_t|; finite where `response` overflows. */
  readonly logResponse: Float64Array;
}

/** A head's memory, copied out: feed it to `restore` of a head of the same kind and sizes. */
export interface HeadState {
  readonly kind: 'astrocyte' | 'softmax';
  /**
   * Astrocyte: `synapses` and `rest`, [H | g]ᵀ in two parts, (⌈neurons / 8⌉, valueWidth + 1, 8), each strip of eight
   * neurons · 2^−`exponents`; `shape`: neurons, valueWidth. Softmax: `keys` (tokens, width), already scaled, `values` (tokens, valueWidth), `mask`
   * (tokens).
   */
  readonly arrays: Readonly<Record<string, Float32Array>>;
  /** Astrocyte: the largest of the exponents; softmax: 0. */
  readonly exponent: number;
}

/**
 * An attention mechanism with a life: `begin`, `write`, `read`, and for causal use `stream`. Arrays are float32,
 * row by row: keys and queries (tokens, width), values (tokens, valueWidth), mask a byte per token (0: left out).
 * All methods throw `BAD_SHAPE` where lengths do not fit together, `BAD_INPUT` for arrays of another type and where the
 * engine is closed or busy with a model, and `OUT_OF_MEMORY`. Whatever they throw, what a φ of the user's own throws
 * included, the head is as it was before, except where a thread of its engine died.
 */
export interface AttentionHead {
  readonly width: number;
  readonly valueWidth: number;
  /** Forgets everything. */
  begin(): void;
  /** Write phase: takes tokens in, in chunks of any size. */
  write(keys: Float32Array, values: Float32Array, mask?: Uint8Array): void;
  /**
   * Read phase: answers queries from what was written, without changing it. The answers go into `output` (queries,
   * valueWidth) where it is given, which spares a fresh array in a loop.
   */
  read(queries: Float32Array, output?: Float32Array): Readout;
  /** Causal attention: each token is written, then its query read. */
  stream(
    queries: Float32Array,
    keys: Float32Array,
    values: Float32Array,
    mask?: Uint8Array,
    output?: Float32Array,
  ): Readout;
  /** Copies the memory. */
  save(): HeadState;
  /** Replaces the memory by a saved one. Throws `BAD_INPUT` where it is another head's. */
  restore(state: HeadState): void;
  /** A second head with a copy of the memory. */
  clone(): AttentionHead;
}

/** A head of neurons and astrocytes (Kozachkov et al. 2023), its synapses readable. */
export interface AstrocyteHead extends AttentionHead {
  readonly hidden: HiddenLayer;
  /** Hebbian weights H (valueWidth, neurons), copied; multiply by 2^`exponent`. */
  readonly H: Float32Array;
  /** Presynaptic trace g (neurons), copied; multiply by 2^`exponent`. */
  readonly g: Float32Array;
  /** The power of two that H and g are divided by. */
  readonly exponent: number;
  clone(): AstrocyteHead;
}

/** A head of softmax attention; its memory is a cache of keys and values that grows with every token. */
export interface SoftmaxHead extends AttentionHead {
  /** Tokens in the cache. */
  readonly tokens: number;
  clone(): SoftmaxHead;
}

/** Options of both heads. */
export interface HeadOptions {
  /** Width d of keys and queries. */
  readonly width: number;
  /** Width of values. Default: `width`. */
  readonly valueWidth?: number;
  /** Factor on keys and on queries. Default d^−¼, so that q·k is divided by √d. */
  readonly scale?: number;
  /**
   * Threads and build to compute with; its memory is shared by all its heads and freed with it. Default: kernels of
   * the head's own, on one thread, freed when the head is dropped.
   */
  readonly engine?: Engine;
}

/** Options of `astrocyteHead`. */
export interface AstrocyteHeadOptions extends HeadOptions {
  readonly hidden: HiddenLayer;
}
