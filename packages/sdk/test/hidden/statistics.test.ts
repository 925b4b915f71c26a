import {
  type LayerShape,
  readStatistics,
  statisticsArrays,
  type TripartiteError,
} from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import { createMomentSum, layerNames } from '../../src/hidden/statistics.js';
import { normals, randomStatistics } from '../attention/data.js';

const layers: readonly LayerShape[] = [
  { stack: 'encoder', heads: 2, headWidth: 3 },
  { stack: 'encoder', heads: 2, headWidth: 3 },
  { stack: 'decoder', heads: 1, headWidth: 5 },
];

const statistics = {
  layers: layers.map(({ heads, headWidth }, layer) =>
    Array.from({ length: heads }, (_, head) => randomStatistics(10 * layer + head, headWidth)),
  ),
};

/** Code and message of what `work` throws. */
function failure(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return `${(error as TripartiteError).code}: ${(error as Error).message}`;
  }
  return 'nothing';
}

describe('statistics as arrays', () => {
  it('are named by stack, counted in each', () => {
    expect(layerNames(layers)).toEqual(['encoder0', 'encoder1', 'decoder0']);
    const arrays = statisticsArrays(statistics, layers);
    expect(Object.keys(arrays).sort()).toEqual(
      ['encoder0', 'encoder1', 'decoder0']
        .flatMap((name) => ['q_mean', 'q_cov', 'k_mean', 'k_cov'].map((part) => `${name}_${part}`))
        .sort(),
    );
    expect(arrays.encoder1_q_mean?.shape).toEqual([2, 3]);
    expect(arrays.decoder0_k_cov?.shape).toEqual([1, 5, 5]);
  });

  it('come back as they were, rounded to float32', () => {
    const back = readStatistics(statisticsArrays(statistics, layers), layers);
    statistics.layers.forEach((heads, layer) => {
      heads.forEach((head, index) => {
        const own = back.layers[layer]?.[index];
        expect(own?.queryMean).toEqual(head.queryMean.map(Math.fround));
        expect(own?.keyMean).toEqual(head.keyMean.map(Math.fround));
        expect(own?.queryCovariance).toEqual(head.queryCovariance.map(Math.fround));
        expect(own?.keyCovariance).toEqual(head.keyCovariance.map(Math.fround));
      });
    });
  });

  it('are refused where one is missing or of another size', () => {
    const { encoder1_k_cov: _, ...missing } = statisticsArrays(statistics, layers);
    expect(failure(() => readStatistics(missing, layers))).toBe(
      'MISSING_TENSOR: calibration has no array encoder1_k_cov',
    );
    const arrays = statisticsArrays(statistics, layers);
    const short = { ...arrays, decoder0_q_mean: { data: new Float32Array(4), shape: [1, 4] } };
    expect(failure(() => readStatistics(short, layers))).toBe(
      'BAD_SHAPE: calibration array decoder0_q_mean has shape (1, 4); 1 heads of 5 values are needed',
    );
  });
});

describe('createMomentSum', () => {
  const width = 4;

  it('gives mean and covariance of all batches together', () => {
    const queries = normals(1, 50 * width).map((v) => v + 3);
    const keys = normals(2, 50 * width, 2);
    const sum = createMomentSum(width);
    for (const [start, end] of [
      [0, 20],
      [20, 21],
      [21, 50],
    ] as const) {
      sum.add(
        queries.subarray(start * width, end * width),
        keys.subarray(start * width, end * width),
      );
    }
    const { queryMean, keyMean, queryCovariance, keyCovariance } = sum.finish();
    for (const [x, mean, covariance] of [
      [queries, queryMean, queryCovariance],
      [keys, keyMean, keyCovariance],
    ] as const) {
      const column = (i: number) => Array.from(x).filter((_, at) => at % width === i);
      const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
      for (let i = 0; i < width; i++) {
        const own = column(i);
        const centre = average(own);
        expect(mean[i]).toBeCloseTo(centre, 12);
        for (let j = 0; j < width; j++) {
          const other = column(j);
          const middle = average(other);
          const exact = average(own.map((v, t) => (v - centre) * ((other[t] as number) - middle)));
          expect(covariance[i * width + j]).toBeCloseTo(exact, 10);
        }
      }
    }
  });

  it('says that it saw nothing', () => {
    const { finish } = createMomentSum(width);
    expect(finish).toThrow('calibration saw no tokens');
  });
});
