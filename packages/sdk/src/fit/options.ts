import { TripartiteError } from '../errors.js';
import type { FittedKind } from '../hidden/fitted/fitted-hidden.js';

/** Kinds of hidden layer that are fitted by gradient descent. */
export type LearnedKind = Exclude<FittedKind, 'matched'>;

/** How a hidden layer is fitted; everything that decides the result. */
export interface FitSettings {
  readonly kind: FittedKind;
  /** Hidden neurons m of each head. */
  readonly neurons: number;
  /** One φ for queries and keys, the paper's own structure; else one for each. */
  readonly shared: boolean;
  readonly seed: number;
  /** Most steps of learning; it ends earlier where the held-out loss no longer falls. */
  readonly steps: number;
  /** Most steps of fine-tuning or adapting, after learning. */
  readonly tuneSteps: number;
  /** Inputs of a step. */
  readonly batch: number;
  /** Peak of Adam's learning rate while learning. */
  readonly rate: number;
  /** The same while fine-tuning. */
  readonly tuneRate: number;
  /** The same for the transformer's own projections while adapting. */
  readonly adaptRate: number;
  /** λ, the weight of the response's squared log error beside the divergence of attention. */
  readonly response: number;
  /** Weight of the heads' own losses beside that of the output while fine-tuning. */
  readonly anchor: number;
  /** Weight of the residual streams between blocks, their squared error relative to the transformer's. */
  readonly distil: number;
  /** Share of the sources of inputs that is held out, to measure on; at least one, at most 64, and 64 inputs. */
  readonly heldOut: number;
}

/** The defaults of `fit`. */
export const fitDefaults: FitSettings = {
  kind: 'learned',
  neurons: 256,
  shared: false,
  seed: 1,
  steps: 3000,
  tuneSteps: 600,
  batch: 16,
  rate: 0.06,
  tuneRate: 0.005,
  adaptRate: 0.0003,
  response: 0.05,
  anchor: 0.003,
  distil: 0,
  heldOut: 0.1,
};

/** What each number of the settings may be. */
const bounds: readonly (readonly [
  name: 'neurons' | 'steps' | 'tuneSteps' | 'batch' | 'seed',
  least: number,
  most: number,
])[] = [
  ['neurons', 1, 16_384],
  ['steps', 1, 1_000_000],
  ['tuneSteps', 1, 1_000_000],
  ['batch', 1, 1024],
  ['seed', 0, Number.MAX_SAFE_INTEGER],
];

/** The settings with defaults for what is left out. Throws `BAD_INPUT` naming the setting. */
export function checkSettings(given: Partial<FitSettings>): FitSettings {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fitDefaults, name));
  if (unknown !== undefined) {
    throw new TripartiteError(
      'BAD_INPUT',
      `fit setting "${unknown}" is unknown; ${Object.keys(fitDefaults).join(', ')} are allowed`,
    );
  }
  const settings = { ...fitDefaults, ...given };
  for (const [name, least, most] of bounds) {
    const value = settings[name];
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    throw new TripartiteError(
      'BAD_INPUT',
      `fit ${name} is ${value}; a whole number from ${least} to ${most} is allowed`,
    );
  }
  for (const name of [
    'rate',
    'tuneRate',
    'adaptRate',
    'response',
    'anchor',
    'distil',
    'heldOut',
  ] as const) {
    const value = settings[name];
    if (value >= 0 && value <= 1) continue;
    throw new TripartiteError(
      'BAD_INPUT',
      `fit ${name} is ${value}; a number from 0 to 1 is allowed`,
    );
  }
  return settings;
}
