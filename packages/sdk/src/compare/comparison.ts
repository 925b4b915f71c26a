import type { Picture } from '../image/picture.js';
import type { Adaptation } from '../transformer/adapted.js';

/** The hidden layer that stood in for softmax, as reported. */
export interface HiddenReport {
  readonly kind: string;
  /** Hidden neurons of each head, m. */
  readonly neurons: number;
  /** How the random weights were drawn; absent where nothing was. */
  readonly sampling?: string;
  /** Present where a fitted layer has one φ for queries and keys. */
  readonly shared?: true;
  /** SHA-256 of a fitted layer's file, as `encodeHidden` writes it. */
  readonly sha256?: string;
  /** `adapted` only: how far the twin's transformer was changed too. */
  readonly adaptation?: Adaptation;
}

/**
 * One head on the transformer's own q, k, v; with `adapted` on those of the changed transformer (no error flows in from other heads). Means over tokens,
 * natural logarithms. `null` where a measure has no meaning: a constant series, or responses that are not
 * positive (their number is in `nonPositiveResponses`).
 */
export interface HeadComparison {
  /** Counted from 0; a decoder's layers go on after the encoder's. */
  readonly layer: number;
  readonly head: number;
  /** Which stack the layer belongs to. */
  readonly stack: 'encoder' | 'decoder';
  /** True where the twin has neurons and astrocytes here. */
  readonly swapped: boolean;
  /** ‖ŷ − y‖ / ‖y‖, Frobenius. */
  readonly outputError: number;
  /**
   * ‖ŷ − y‖ / ‖y − v̄‖, v̄ the mean value: 1 means no better than attending everywhere alike. Not finite where
   * every output is the mean value, as with a single token.
   */
  readonly centredOutputError: number;
  /** Pearson correlation over tokens of the response c_t with the normaliser Σ_s exp(q_t·k_s). */
  readonly responseCorrelation: number | null;
  /** The same of their logarithms. */
  readonly logResponseCorrelation: number | null;
  /** Median over tokens of |c_t / normaliser − 1|. */
  readonly responseError: number;
  /** Mean KL divergence from softmax's attention to the network's, nats; `null` where an implied weight is negative. */
  readonly attentionKl: number | null;
  /** Tokens whose response is ≤ 0 (signed activations only). */
  readonly nonPositiveResponses: number;
}

/** Two sentence embeddings. */
export interface EmbeddingOutput {
  readonly type: 'embedding';
  readonly cosine: number;
  /** ‖ê − e‖ / ‖e‖. */
  readonly relativeError: number;
}

/** Two classifications. */
export interface LabelOutput {
  readonly type: 'label';
  /** Over several seeds the labels are the first seed's. */
  readonly label: string;
  readonly twinLabel: string;
  /** 1 where the labels agree, else 0 (a mean over seeds or items is a rate). */
  readonly agreement: number;
  /** ‖l̂ − l‖ / ‖l‖ of the logits. */
  readonly logitError: number;
  /** Largest |l̂ − l|. */
  readonly logitDifference: number;
}

/** Two paintings of the hidden patches. All PSNR in dB over hidden patches, 8-bit grey levels. */
export interface PictureOutput {
  readonly type: 'picture';
  /** Softmax's painting against the photograph. */
  readonly psnr: number;
  /** The twin's painting against the photograph. */
  readonly psnrTwin: number;
  /** The twin's painting against softmax's; infinite where they are equal. */
  readonly agreement: number;
  /** psnr − psnrTwin. */
  readonly loss: number;
}

export type ComparisonOutput = EmbeddingOutput | LabelOutput | PictureOutput;

/** How far the twin's residual stream has drifted after a layer. */
export interface LayerDrift {
  readonly layer: number;
  readonly stack: 'encoder' | 'decoder';
  /** ‖x̂ − x‖ / ‖x‖ of the residual stream, all tokens. */
  readonly relative: number;
}

/** Everything of one head that figures and files show; only from `compareInDetail`. */
export interface HeadDetail {
  readonly layer: number;
  readonly head: number;
  readonly stack: 'encoder' | 'decoder';
  /** Astrocyte response c_t of each token, unscaled. */
  readonly response: Float64Array;
  /** Natural logarithm of |c_t|. */
  readonly logResponse: Float64Array;
  /** Softmax's normaliser Σ_s exp(q_t·k_s) of each token. */
  readonly normaliser: Float64Array;
  readonly logNormaliser: Float64Array;
  /** Attention weights, (tokens, tokens), a row per query: softmax's and those the network implies. */
  readonly attention: { readonly softmax: Float32Array; readonly network: Float32Array };
  /** Hebbian weights H (width, neurons) and presynaptic trace g (neurons), each to be times 2^exponent. */
  readonly state: {
    readonly H: Float32Array;
    readonly g: Float32Array;
    readonly neurons: number;
    readonly width: number;
    readonly exponent: number;
  };
}

/** What a token is, for shading and labels. */
export type TokenLabels =
  | { readonly type: 'text'; readonly pieces: readonly string[] }
  | {
      readonly type: 'patches';
      /** Patches a side. */
      readonly grid: number;
      /** For each stack, the patch (row by row) of each token; −1 is the class token. */
      readonly encoder: readonly number[];
      readonly decoder: readonly number[];
    };

/** Pictures of a comparison, model-sized; only for picture inputs. */
export interface ComparisonPictures {
  /** What the model saw, whole. */
  readonly original: Picture;
  /** Half hidden, hidden patches grey; only for painters. */
  readonly masked?: Picture;
  readonly softmax?: Picture;
  readonly twin?: Picture;
  /** True where a dark digit on white paper was inverted first. */
  readonly inverted: boolean;
}

/** One input: the transformer beside its twin. */
export interface Comparison {
  readonly model: string;
  /** Tokens that went through the model. */
  readonly tokens: number;
  /** Tokens of the whole input, before the model's limit cut it. */
  readonly tokensBeforeCut: number;
  readonly hidden: HiddenReport;
  /** First seed. */
  readonly seed: number;
  /** All seeds; numbers are means over them. */
  readonly seeds: readonly number[];
  /** `all`, or the list of swapped places, `layer.head`. */
  readonly swap: 'all' | readonly string[];
  readonly output: ComparisonOutput;
  readonly heads: readonly HeadComparison[];
  readonly drift: readonly LayerDrift[];
  /** Standard deviation over seeds of each number in `output`; absent with one seed. */
  readonly spread?: Readonly<Record<string, number>>;
  /** Output of each seed, in order; absent with one seed. */
  readonly runs?: readonly ComparisonOutput[];
}

/** A comparison with what figures, reports and files need beside the numbers. First seed only. */
export interface DetailedComparison extends Comparison {
  readonly details: {
    readonly tokens: TokenLabels;
    readonly heads: readonly HeadDetail[];
    readonly pictures?: ComparisonPictures;
    /** For embeddings and labels: both output vectors. */
    readonly outputs?: { readonly softmax: Float32Array; readonly twin: Float32Array };
  };
}

/** One of several hidden layers with equally many neurons, on the same input. */
export interface SideBySideTwin
  extends Pick<DetailedComparison['details'], 'pictures' | 'outputs'> {
  /** What `compare` gives for this hidden layer. */
  readonly comparison: Comparison;
}

/** Quality of the twin at one number of hidden neurons, over seeds: the curve of the report. */
export interface NeuronSweepPoint {
  readonly kind: string;
  readonly neurons: number;
  readonly seed: number;
  readonly output: ComparisonOutput;
  /** Median over heads of `outputError`. */
  readonly headOutputError: number;
}

/** What the response figure draws of a head's detail. */
export type ResponseDetail = Pick<
  HeadDetail,
  'stack' | 'response' | 'logResponse' | 'normaliser' | 'logNormaliser'
>;
