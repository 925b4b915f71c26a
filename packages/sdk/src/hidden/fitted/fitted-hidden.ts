import { TripartiteError } from '../../errors.js';
import type { HiddenSource, WeightedLayer } from '../hidden-layer.js';

/** Kinds of hidden layers that are fitted to a transformer and kept in a file. */
export const fittedKinds = ['learned', 'fine-tuned', 'adapted', 'matched'] as const;

/** Name of a kind of fitted hidden layers. */
export type FittedKind = (typeof fittedKinds)[number];

/** Tensors of a transformer that were tuned together with its hidden layers, by their names in the checkpoint. */
export type AdaptedTensors = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
>;

/** Hidden layers fitted to every head of one transformer, with what is to be known of how. */
export interface FittedHidden {
  readonly kind: FittedKind;
  /** Hidden neurons of a head, m, as they are named by; single heads may have other numbers. */
  readonly neurons: number;
  /** True where queries and keys go through one φ: the same weights, biases, shift and norm, as in the paper. */
  readonly shared: boolean;
  /** Name of the transformer. */
  readonly model: string;
  /** SHA-256 of its model.safetensors, hex. */
  readonly modelHash: string;
  /** SHA-256 of what was fitted on, hex. */
  readonly dataHash: string;
  /** Texts or pictures that were fitted on. */
  readonly inputs: number;
  /** Seed of every random draw of the fit. */
  readonly seed: number;
  /** Settings of the fit. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** What was measured on inputs kept out of the fit, by name. */
  readonly quality: Readonly<Record<string, number>>;
  /** By layer over all stacks, then head. */
  readonly layers: readonly (readonly WeightedLayer[])[];
  /** `adapted` only: the transformer's tensors that changed. */
  readonly tensors?: AdaptedTensors;
}

/** Whether a word names a kind of fitted hidden layers. */
export function isFittedKind(word: unknown): word is FittedKind {
  return fittedKinds.some((kind) => kind === word);
}

/** The fitted hidden layer of each head; seeds change nothing. Throws `BAD_INPUT` for a head that has none. */
export function fittedSource(fitted: FittedHidden): HiddenSource {
  return ({ layer, head }) => {
    const found = fitted.layers[layer]?.[head];
    if (found) return found;
    throw new TripartiteError(
      'BAD_INPUT',
      `${describeFitted(fitted)} has no head ${layer}.${head}; it is for another transformer`,
    );
  };
}

/** The words by which errors name a fitted layer. */
export function describeFitted({ kind, neurons, shared, model }: FittedHidden): string {
  return `hidden layer ${kind}, ${neurons} neurons${shared ? ', one φ' : ''}, of ${model}`;
}
