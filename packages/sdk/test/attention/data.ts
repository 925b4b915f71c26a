import {
  createGenerator,
  type HeadStatistics,
  type HiddenLayer,
  hiddenKinds,
  hiddenLayer,
  type Readout,
} from '@tripartite/sdk';
import { type Activities, activity, envelope, gates, type Truth } from './reference.js';

/** Names of all kinds of hidden layers. */
export const kinds: readonly string[] = hiddenKinds.map(({ name }) => name);

/** `count` normal values times `size`. */
export function normals(seed: number, count: number, size = 1): Float32Array {
  const generator = createGenerator(seed, 'test');
  return Float32Array.from({ length: count }, () => generator.normal() * size);
}

/** Means of size ½ and covariances with eigenvalues that spread over a decade or two. */
export function randomStatistics(seed: number, d: number): HeadStatistics {
  const generator = createGenerator(seed, 'statistics');
  const normal = (count: number) => Float64Array.from({ length: count }, () => generator.normal());
  const covariance = (): Float64Array => {
    const b = normal(d * d);
    return Float64Array.from({ length: d * d }, (_, at) => {
      const [i, j] = [Math.floor(at / d), at % d];
      let sum = i === j ? 0.05 : 0;
      for (let p = 0; p < d; p++) {
        sum += ((b[i * d + p] as number) * (b[j * d + p] as number)) / (2 * d);
      }
      return sum;
    });
  };
  return {
    queryMean: normal(d).map((v) => v / 2),
    keyMean: normal(d).map((v) => v / 2),
    queryCovariance: covariance(),
    keyCovariance: covariance(),
  };
}

/** A head's layer with the statistics it is calibrated on. */
export interface Calibrated {
  readonly layer: HiddenLayer;
  readonly statistics: HeadStatistics;
}

/** The layer of a kind. */
export function layerOf(kind: string, neurons: number, width: number, seed = 1): Calibrated {
  const statistics = randomStatistics(seed, width);
  return { layer: hiddenLayer({ kind, neurons, width, seed, statistics }), statistics };
}

/** Tokens of a head; `norm`: the squared length of every key and query after division by d^¼. */
export interface Tokens {
  readonly queries: Float32Array;
  readonly keys: Float32Array;
  readonly values: Float32Array;
}

/** Random tokens; every fifth query is a key turned round, every seventh a key itself. */
export function tokens(
  seed: number,
  count: number,
  width: number,
  norm: number,
  valueWidth = width,
): Tokens {
  const keys = normals(seed, count * width);
  const queries = normals(seed + 1, count * width);
  const toNorm = (x: Float32Array): void => {
    for (let t = 0; t < count; t++) {
      const row = x.subarray(t * width, (t + 1) * width);
      const size = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
      const factor = Math.sqrt(norm * Math.sqrt(width)) / Math.max(size, 1e-9);
      for (let i = 0; i < width; i++) row[i] = (row[i] as number) * factor;
    }
  };
  toNorm(keys);
  toNorm(queries);
  for (let t = 0; t < count; t++) {
    if (t % 5 !== 0 && t % 7 !== 0) continue;
    const sign = t % 5 === 0 ? -1 : 1;
    for (let i = 0; i < width; i++) {
      queries[t * width + i] = sign * (keys[t * width + i] as number);
    }
  }
  return { keys, queries, values: normals(seed + 2, count * valueWidth) };
}

/**
 * So few neurons that a token's φ may be near 0 in all of them, and with it Σ|terms|: errors then count against
 * φ's envelope. (Strictly measured, `cosine` and `positive-cosine` reach 5e-3 of Σ|terms| with one neuron or two
 * at a zero of the cosine, since the rounding of z = W x + b does not shrink with cos z.)
 */
export function areFew(neurons: number): boolean {
  return neurons < 6;
}

/** φ of all tokens in float64. Sizes are |φ|, or its envelope where `few` neurons leave zeros unaveraged. */
export function activitiesOf(
  { layer, statistics }: Calibrated,
  { queries, keys }: Pick<Tokens, 'queries' | 'keys'>,
  few = false,
): Activities {
  const scaled = (x: Float32Array) => Float64Array.from(x, (v) => v / layer.width ** 0.25);
  const [q, k] = [scaled(queries), scaled(keys)];
  const phi = {
    queries: activity(layer, 'query', q, statistics),
    keys: activity(layer, 'key', k, statistics),
  };
  return {
    ...phi,
    querySizes: few
      ? envelope(layer, 'query', q, statistics)
      : phi.queries.map((h) => h.map(Math.abs)),
    keySizes: few ? envelope(layer, 'key', k, statistics) : phi.keys.map((h) => h.map(Math.abs)),
  };
}

/** H φ(q) of a readout: its output times what it was divided by. */
export function numeratorsOf(readout: Readout, signed: boolean): Float64Array {
  const width = readout.output.length / readout.response.length;
  const gate = gates(readout.response, signed);
  return Float64Array.from(readout.output, (v, at) => v * (gate[Math.floor(at / width)] as number));
}

/**
 * Largest error relative to Σ|terms|, of responses and of numerators; NaN counts as infinite. Where every
 * response cancels to 0 the output is 0 and says nothing of the numerators.
 */
export function worstError(readout: Readout, truth: Truth, signed: boolean): number {
  const silent = readout.response.every((c) => c === 0) && readout.output.every((y) => y === 0);
  return Math.max(
    worstOf(readout.response, truth.responses, truth.responseSizes),
    silent ? 0 : worstOf(numeratorsOf(readout, signed), truth.numerators, truth.numeratorSizes),
  );
}

/** Largest |came − exact| / size; where the size is 0 both must be 0. */
export function worstOf(came: Float64Array, exact: Float64Array, sizes: Float64Array): number {
  return came.reduce((largest, value, at) => {
    const difference = Math.abs(value - (exact[at] as number));
    const error = difference === 0 ? 0 : difference / (sizes[at] as number);
    return Math.max(largest, Number.isNaN(error) ? Infinity : error);
  }, 0);
}
