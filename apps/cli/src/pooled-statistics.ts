import type { HeadStatistics, Statistics } from '@tripartite/sdk';

/** Statistics of some inputs, with their number. */
export interface StatisticsPart {
  readonly statistics: Statistics;
  readonly inputs: number;
}

/**
 * Statistics of all inputs from those of parts, for inputs of equally many tokens (as pictures of one model
 * are): means of first and of second moments, weighed by the number of inputs.
 */
export function poolStatistics(parts: readonly StatisticsPart[]): Statistics {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first?.statistics ?? { layers: [] };
  return {
    layers: first.statistics.layers.map((heads, layer) =>
      heads.map((_, head) =>
        poolHead(
          parts.flatMap(({ statistics, inputs }) => {
            const of = statistics.layers[layer]?.[head];
            return of === undefined ? [] : [{ of, inputs }];
          }),
        ),
      ),
    ),
  };
}

interface HeadPart {
  readonly of: HeadStatistics;
  readonly inputs: number;
}

function poolHead(parts: readonly HeadPart[]): HeadStatistics {
  const queryMean = weighedMean(parts, ({ queryMean }) => queryMean);
  const keyMean = weighedMean(parts, ({ keyMean }) => keyMean);
  return {
    queryMean,
    keyMean,
    queryCovariance: weighedMean(parts, ({ queryMean: m, queryCovariance }) =>
      plusSquare(queryCovariance, m, queryMean),
    ),
    keyCovariance: weighedMean(parts, ({ keyMean: m, keyCovariance }) =>
      plusSquare(keyCovariance, m, keyMean),
    ),
  };
}

/** covariance + (m − mean)(m − mean)ᵀ: of one part, about the mean of all. */
function plusSquare(covariance: Float64Array, m: Float64Array, mean: Float64Array): Float64Array {
  const apart = m.map((value, i) => value - (mean[i] ?? 0));
  const width = apart.length;
  return covariance.map(
    (value, at) => value + (apart[Math.floor(at / width)] ?? 0) * (apart[at % width] ?? 0),
  );
}

function weighedMean(
  parts: readonly HeadPart[],
  pick: (statistics: HeadStatistics) => Float64Array,
): Float64Array {
  const total = parts.reduce((sum, { inputs }) => sum + inputs, 0);
  let sum = new Float64Array();
  for (const { of, inputs } of parts) {
    const values = pick(of);
    if (sum.length === 0) sum = new Float64Array(values.length);
    values.forEach((value, i) => {
      sum[i] = (sum[i] ?? 0) + value * (inputs / total);
    });
  }
  return sum;
}
