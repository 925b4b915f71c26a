import type { Generator } from '../../random/generator.js';
import type { Sampling, WeightedLayer } from '../hidden-layer.js';
import type { HeadStatistics } from '../statistics.js';

/** What a kind of hidden layer is built from. */
export interface Ingredients {
  readonly neurons: number;
  readonly width: number;
  readonly sampling: Sampling;
  /** Draws phases; weights come from `weights`. */
  readonly generator: Generator;
  /** (neurons, width), or as many rows as the kind says, N(0, I) as `sampling` says, or the user's own W. */
  readonly weights: Float64Array;
  /** True where `weights` are the user's own: W itself, whose rows a kind does not stretch. */
  readonly own: boolean;
  /** Moments of this head's queries and keys; present where the kind `needsStatistics`. */
  readonly statistics?: HeadStatistics;
}

/** A kind of hidden layer: how φ comes about. Adding one is adding a file and a line in the list. */
export interface HiddenKind {
  readonly name: string;
  /** One line for lists: φ(x), and whose it is. */
  readonly summary: string;
  readonly signed: boolean;
  /** True for kinds calibrated on the head's own queries and keys. */
  readonly needsStatistics: boolean;
  readonly defaultSampling: Sampling;
  /** Rows of W that so many neurons are made of. Default: a row each. */
  rows?(neurons: number): number;
  build(ingredients: Ingredients): WeightedLayer;
}

/** A layer that treats queries and keys alike. */
export function symmetricLayer(
  kind: string,
  { neurons, width, sampling }: Ingredients,
  signed: boolean,
  activation: WeightedLayer['activation'],
  input: WeightedLayer['query'],
): WeightedLayer {
  return { kind, neurons, width, sampling, activation, signed, query: input, key: input };
}
