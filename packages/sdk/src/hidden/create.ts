import { nearestName } from '../checkpoint/nearest-name.js';
import { TripartiteError } from '../errors.js';
import { createGenerator } from '../random/generator.js';
import { drawWeights } from './draw-weights.js';
import {
  type FittedHidden,
  fittedKinds,
  fittedSource,
  isFittedKind,
} from './fitted/fitted-hidden.js';
import {
  type Features,
  type HiddenLayer,
  type HiddenSource,
  type Sampling,
  samplings,
} from './hidden-layer.js';
import type { HiddenKind } from './kinds/kind.js';
import { hiddenKinds } from './kinds.js';
import type { HeadStatistics, Statistics } from './statistics.js';

/** Most hidden neurons of a head. */
export const mostNeurons = 1_000_000;

/** Which hidden neurons a head gets. */
export interface HiddenOptions {
  /**
   * Name of a kind in `hiddenKinds`, or `learned`, `fine-tuned`, `adapted` where the model brings such a fitted layer.
   * Default: the fitted layer that the model prefers, else `matched`.
   */
  readonly kind?: string;
  /** Hidden neurons m, 1 … 10⁶; of fitted layers that the model brings the nearest is taken. Default 256. */
  readonly neurons?: number;
  /** A fitted layer (`loadHidden`, `fit`) instead of a kind: `neurons` and all else are its own. */
  readonly fitted?: FittedHidden;
  /** Of the fitted layers that the model brings, those with one φ for queries and keys, or the others. */
  readonly shared?: boolean;
  /** How weights are drawn. Default: the kind's own. */
  readonly sampling?: Sampling;
  /** The user's own W, (neurons, width) row-major (hedgehog: a row for every two), instead of a draw. */
  readonly weights?: Float32Array | Float64Array;
  /** The user's own φ instead of a kind; then `kind` is only a label. */
  readonly features?: Features;
  /** With `features`: true where φ can be negative. Default false. */
  readonly signed?: boolean;
}

/** What a single head's layer needs beside the options. */
export interface HiddenSettings extends Omit<HiddenOptions, 'fitted' | 'shared'> {
  /** Head width d. */
  readonly width: number;
  /** Seed of every draw. Default 1. */
  readonly seed?: number;
  /** Streams of the seed, so that heads differ. */
  readonly stream?: readonly (string | number)[];
  /** Needed by kinds that are calibrated. */
  readonly statistics?: HeadStatistics;
}

/** The kind of that name. Throws `BAD_INPUT` with the nearest name. */
export function findKind(name: string): HiddenKind {
  const kind = hiddenKinds.find((k) => k.name === name);
  if (kind) return kind;
  if (isFittedKind(name)) {
    throw new TripartiteError(
      'BAD_INPUT',
      `hidden kind ${name} is fitted and cannot be drawn; give a fitted layer, or a model that brings one`,
    );
  }
  const names = [...new Set([...hiddenKinds.map((k) => k.name), ...fittedKinds])];
  const near = nearestName(name, names);
  throw new TripartiteError(
    'BAD_INPUT',
    `hidden kind "${name}" is unknown${near ? `; did you mean ${near}?` : ''} (allowed: ${names.join(', ')})`,
  );
}

/** Throws `BAD_INPUT` unless `neurons` is a whole number from 1 to 10⁶. */
export function checkNeurons(neurons: number): void {
  if (!Number.isInteger(neurons) || neurons < 1 || neurons > mostNeurons) {
    throw new TripartiteError(
      'BAD_INPUT',
      `neurons is ${neurons}; a whole number from 1 to ${mostNeurons} is allowed`,
    );
  }
}

/**
 * The hidden neurons of one head. Throws `BAD_INPUT` for an unknown kind, a bad number of neurons or missing
 * statistics, `BAD_SHAPE` for weights of another size.
 */
export function hiddenLayer(settings: HiddenSettings): HiddenLayer {
  const { width, seed = 1, stream = [], neurons = 256, features } = settings;
  checkNeurons(neurons);
  if (features) {
    if (typeof features !== 'function') {
      throw new TripartiteError(
        'BAD_INPUT',
        `features is a ${typeof features}; a function is allowed`,
      );
    }
    const { kind = 'custom', signed = false } = settings;
    return { kind, neurons, width, signed, features };
  }
  const kind = findKind(settings.kind ?? 'matched');
  const sampling = settings.sampling ?? kind.defaultSampling;
  if (!samplings.includes(sampling)) {
    throw new TripartiteError(
      'BAD_INPUT',
      `sampling is "${sampling}"; ${samplings.join(', ')} are allowed`,
    );
  }
  const generator = createGenerator(seed, 'hidden', ...stream);
  const rows = kind.rows?.(neurons) ?? neurons;
  const weights = settings.weights
    ? Float64Array.from(settings.weights)
    : drawWeights(generator, sampling, rows, width);
  if (weights.some((w) => !Number.isFinite(w))) {
    throw new TripartiteError(
      'BAD_INPUT',
      'hidden weights hold values that are not finite numbers',
    );
  }
  if (weights.length !== rows * width) {
    const made = rows === neurons ? '' : ` of ${rows} rows`;
    throw new TripartiteError(
      'BAD_SHAPE',
      `hidden weights have ${weights.length} values; ${neurons} neurons${made} × width ${width} need ${rows * width}`,
    );
  }
  const { statistics } = settings;
  const own = settings.weights !== undefined;
  const parts = { neurons, width, sampling, generator, weights, own };
  return kind.build(statistics ? { ...parts, statistics } : parts);
}

/**
 * Hidden layers for every head of a transformer: a fitted layer's own, or independent draws by layer and head,
 * calibrated kinds on that head's statistics. Throws as `hiddenLayer` and `fittedSource` do.
 */
export function hiddenSource(
  { fitted, shared: _, ...options }: HiddenOptions,
  statistics?: Statistics,
): HiddenSource {
  if (fitted) return fittedSource(fitted);
  return ({ layer, head, width }, seed) => {
    const own = statistics?.layers[layer]?.[head];
    return hiddenLayer({
      ...options,
      width,
      seed,
      stream: [layer, head],
      ...(own ? { statistics: own } : {}),
    });
  };
}
