import type { activations } from '@tripartite/kernels';

/** The functions that turn a hidden neuron's input into activity, as the kernels name them. */
export type ActivationName = keyof typeof activations;

/** How the random weights of hidden neurons are drawn. */
export type Sampling = 'iid' | 'orthogonal' | 'antithetic' | 'sobol';

/** Every way to draw weights. */
export const samplings: readonly Sampling[] = ['iid', 'orthogonal', 'antithetic', 'sobol'];

/**
 * How the hidden neurons see one kind of token (a query or a key x, already divided by d^¼):
 *
 *     x̃ = map (x − centre),   z = weights x̃ + bias + shift ‖x̃‖²
 *     φ = activation(z) · exp(norm ‖x̃‖² + gain·x + constant)
 *
 * Every activation of docs/model.md 1, matched and learned layers are cases of it; head and kernels know no
 * kind by name.
 */
export interface HiddenInput {
  /** (width); absent: no centring. */
  readonly centre?: Float32Array;
  /** (width, width), row-major; absent: identity. */
  readonly map?: Float32Array;
  /** (neurons, width), row-major. */
  readonly weights: Float32Array;
  /** (neurons). */
  readonly bias: Float32Array;
  readonly shift: number;
  readonly norm: number;
  /** (width), works on the token before centring; absent: 0. */
  readonly gain?: Float32Array;
  readonly constant: number;
}

/** A layer of hidden neurons given by weights. */
export interface WeightedLayer {
  readonly kind: string;
  /** Hidden neurons m. */
  readonly neurons: number;
  /** Head width d. */
  readonly width: number;
  readonly sampling?: Sampling;
  readonly activation: ActivationName;
  /** True where φ can be negative: then responses can be, and attention weights too. */
  readonly signed: boolean;
  readonly query: HiddenInput;
  readonly key: HiddenInput;
}

/** The user's own φ: fills `activity` (neurons) for a token x (width), already divided by d^¼. */
export type Features = (x: Float32Array, activity: Float32Array) => void;

/** A layer of hidden neurons given by a function. */
export interface FunctionLayer {
  readonly kind: string;
  readonly neurons: number;
  readonly width: number;
  readonly signed: boolean;
  readonly features: Features;
}

/** The hidden neurons of one head. */
export type HiddenLayer = WeightedLayer | FunctionLayer;

/** One layer of a transformer. */
export interface LayerShape {
  readonly stack: 'encoder' | 'decoder';
  readonly heads: number;
  /** Width of one head, d. */
  readonly headWidth: number;
}

/** Where a head stands in its transformer. */
export interface HeadPlace {
  /** Counted from 0 over all stacks. */
  readonly layer: number;
  readonly head: number;
  /** Head width d. */
  readonly width: number;
}

/** Makes the hidden layer of any head of a transformer for a seed. */
export type HiddenSource = (place: HeadPlace, seed: number) => HiddenLayer;
