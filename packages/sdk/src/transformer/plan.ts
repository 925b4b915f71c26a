/** Names of a linear layer's tensors: weight (out, in) and bias (out); several are stacked along `out`. */
export interface LinearNames {
  /** Prefixes: each has `.weight` and `.bias`. */
  readonly names: readonly string[];
  readonly input: number;
  readonly output: number;
}

/** Name of a layer norm: prefix of `.weight` and `.bias`. */
export interface NormNames {
  readonly name: string;
  readonly width: number;
  readonly epsilon: number;
}

/** One transformer block, norm before each part: x += attention(norm x); x += mlp(norm x). */
export interface BlockPlan {
  readonly stack: 'encoder' | 'decoder';
  readonly heads: number;
  /** Width of one head. */
  readonly headWidth: number;
  readonly norm1: NormNames;
  /** Query, key and value side by side: output is 3 · heads · headWidth. */
  readonly qkv: LinearNames;
  readonly output: LinearNames;
  /** Projection of the skip connection, where the block widens the stream. */
  readonly residual?: LinearNames;
  readonly norm2: NormNames;
  readonly up: LinearNames;
  readonly activation: 'relu' | 'gelu';
  readonly down: LinearNames;
}

/** What happens to the stream of tokens, in order. Operations are data: `operations.ts` has one function each. */
export type Step =
  /** Token ids → factor · table row + sine-cosine timing. */
  | {
      readonly op: 'embed-tokens';
      readonly table: string;
      readonly timescales: string;
      readonly vocabulary: number;
      readonly width: number;
      readonly factor: number;
    }
  /** Picture → class token and projected patches, with positions; painters see visible patches only. */
  | {
      readonly op: 'embed-patches';
      readonly projection: LinearNames;
      readonly projectionShape: readonly number[];
      readonly classToken: string;
      readonly positions: string;
      readonly width: number;
    }
  | { readonly op: 'block'; readonly block: BlockPlan }
  | { readonly op: 'norm'; readonly norm: NormNames }
  | { readonly op: 'linear'; readonly linear: LinearNames }
  /** Puts a mask token where a patch is hidden, back in picture order, and adds positions. */
  | {
      readonly op: 'restore-patches';
      readonly maskToken: string;
      readonly positions: string;
      readonly width: number;
    }
  /** Keeps the first token (class token) of each input. */
  | { readonly op: 'take-first' }
  /** Drops the first token of each input. */
  | { readonly op: 'drop-first' }
  /** Mean over tokens of each input. */
  | { readonly op: 'mean' }
  | { readonly op: 'tanh' }
  /** Each row divided by its length. */
  | { readonly op: 'unit' };

/** Patches of a vision transformer. */
export interface PatchPlan {
  /** Side of the square picture, pixels. */
  readonly imageSize: number;
  /** Side of a patch, pixels. */
  readonly patchSize: number;
  readonly channels: 1 | 3;
  /** Share of patches hidden from the encoder; absent where the model sees all. */
  readonly maskRatio?: number;
}

/** A transformer as data: what to check, what to do, what comes out. */
export interface Plan {
  /** `model_type` of config.json. */
  readonly type: string;
  readonly modality: 'text' | 'image';
  /** Most tokens of one input. */
  readonly tokenLimit: number;
  readonly patches?: PatchPlan;
  readonly labels?: readonly string[];
  readonly output: 'embedding' | 'label' | 'picture';
  readonly steps: readonly Step[];
}

/** Reads a parsed config.json. Throws `BAD_CHECKPOINT` for wrong values, `UNSUPPORTED` for options not built. */
export type Architecture = (config: unknown) => Plan;
