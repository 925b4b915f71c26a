import type { NpyArray } from '../checkpoint/npy.js';
import { TripartiteError } from '../errors.js';
import type { LayerShape } from './hidden-layer.js';

/** First and second moments of one head's queries and keys, both divided by d^¼. */
export interface HeadStatistics {
  /** (width). */
  readonly queryMean: Float64Array;
  /** (width). */
  readonly keyMean: Float64Array;
  /** (width, width). */
  readonly queryCovariance: Float64Array;
  /** (width, width). */
  readonly keyCovariance: Float64Array;
}

/** Moments of every head of a transformer: by layer over all stacks, then head. */
export interface Statistics {
  readonly layers: readonly (readonly HeadStatistics[])[];
}

/** The name of each layer in a statistics file: `encoder0`, …, `decoder0`, … */
export function layerNames(layers: readonly LayerShape[]): string[] {
  const counts = new Map<string, number>();
  return layers.map(({ stack }) => {
    const index = counts.get(stack) ?? 0;
    counts.set(stack, index + 1);
    return `${stack}${index}`;
  });
}

/**
 * Reads the arrays of a `calibration.npz` (docs/file-formats.md): for each layer `NAME_q_mean`, `NAME_k_mean`
 * (heads, width), `NAME_q_cov`, `NAME_k_cov` (heads, width, width). Throws `MISSING_TENSOR` and `BAD_SHAPE`.
 */
export function readStatistics(
  arrays: Readonly<Record<string, Pick<NpyArray, 'data' | 'shape'>>>,
  layers: readonly LayerShape[],
): Statistics {
  const names = layerNames(layers);
  return {
    layers: layers.map(({ heads, headWidth: d }, layer) => {
      /** An array checked and cut into one part a head. */
      const parts = (suffix: string, size: number): Float64Array[] => {
        const name = `${names[layer]}_${suffix}`;
        const array = arrays[name];
        if (!array) {
          throw new TripartiteError('MISSING_TENSOR', `calibration has no array ${name}`);
        }
        if (array.data.length !== heads * size) {
          throw new TripartiteError(
            'BAD_SHAPE',
            `calibration array ${name} has shape (${array.shape.join(', ')}); ${heads} heads of ${size} values are needed`,
          );
        }
        const values = Float64Array.from(array.data);
        if (!values.every(Number.isFinite)) {
          throw new TripartiteError('BAD_CHECKPOINT', `calibration array ${name} holds no numbers`);
        }
        return Array.from({ length: heads }, (_, head) =>
          values.slice(head * size, (head + 1) * size),
        );
      };
      const queryMeans = parts('q_mean', d);
      const keyMeans = parts('k_mean', d);
      const queryCovariances = parts('q_cov', d * d);
      const keyCovariances = parts('k_cov', d * d);
      return Array.from({ length: heads }, (_, head) => ({
        queryMean: queryMeans[head] as Float64Array,
        keyMean: keyMeans[head] as Float64Array,
        queryCovariance: queryCovariances[head] as Float64Array,
        keyCovariance: keyCovariances[head] as Float64Array,
      }));
    }),
  };
}

/** The arrays of a `calibration.npz`, float32, in the form that `readStatistics` reads. */
export function statisticsArrays(
  statistics: Statistics,
  layers: readonly LayerShape[],
): Record<string, { data: Float32Array; shape: number[] }> {
  const arrays: Record<string, { data: Float32Array; shape: number[] }> = {};
  layerNames(layers).forEach((name, layer) => {
    const heads = statistics.layers[layer] ?? [];
    const d = heads[0]?.queryMean.length ?? 0;
    const join = (parts: readonly Float64Array[], shape: number[]) => ({
      data: Float32Array.from(parts.flatMap((part) => [...part])),
      shape: [heads.length, ...shape],
    });
    arrays[`${name}_q_mean`] = join(
      heads.map((h) => h.queryMean),
      [d],
    );
    arrays[`${name}_q_cov`] = join(
      heads.map((h) => h.queryCovariance),
      [d, d],
    );
    arrays[`${name}_k_mean`] = join(
      heads.map((h) => h.keyMean),
      [d],
    );
    arrays[`${name}_k_cov`] = join(
      heads.map((h) => h.keyCovariance),
      [d, d],
    );
  });
  return arrays;
}

/** Gathers moments of one head over any number of batches, in float64. */
export interface MomentSum {
  /** Adds `count` queries and keys, (count, width) each, divided by d^¼. */
  add(queries: Float32Array, keys: Float32Array): void;
  /** The moments so far. Throws `BAD_INPUT` before anything was added. */
  finish(): HeadStatistics;
}

/** An empty moment sum for a head of `width`. */
export function createMomentSum(width: number): MomentSum {
  const sums = { q: new Float64Array(width), k: new Float64Array(width) };
  const products = { q: new Float64Array(width * width), k: new Float64Array(width * width) };
  let count = 0;
  const addTo = (side: 'q' | 'k', x: Float32Array): void => {
    const sum = sums[side];
    const product = products[side];
    const row = new Float64Array(width);
    for (let t = 0; t < x.length; t += width) {
      row.set(x.subarray(t, t + width));
      for (let i = 0; i < width; i++) {
        const xi = row[i] as number;
        sum[i] = (sum[i] as number) + xi;
        // The lower half only: the product is symmetric.
        const at = i * width;
        for (let j = 0; j <= i; j++) {
          product[at + j] = (product[at + j] as number) + xi * (row[j] as number);
        }
      }
    }
  };
  return {
    add(queries, keys) {
      addTo('q', queries);
      addTo('k', keys);
      count += queries.length / width;
    },
    finish() {
      if (count === 0) throw new TripartiteError('BAD_INPUT', 'calibration saw no tokens');
      const mean = (side: 'q' | 'k') => sums[side].map((s) => s / count);
      const covariance = (side: 'q' | 'k', m: Float64Array) =>
        products[side].map((_, at) => {
          const i = Math.floor(at / width);
          const j = at % width;
          const product = products[side][Math.max(i, j) * width + Math.min(i, j)] as number;
          return product / count - (m[i] as number) * (m[j] as number);
        });
      const queryMean = mean('q');
      const keyMean = mean('k');
      return {
        queryMean,
        keyMean,
        queryCovariance: covariance('q', queryMean),
        keyCovariance: covariance('k', keyMean),
      };
    },
  };
}
