import { newKernels } from '@tripartite/kernels';
import { type HeadFit, placeHeadFit } from '../../src/fit/head-fit.js';
import type { HeadStatistics } from '../../src/hidden/statistics.js';
import { createGenerator } from '../../src/random/generator.js';

/** Moments of a head of `width` as a transformer has them: means away from 0, covariances far from round. */
export function unevenStatistics(width: number, seed: number): HeadStatistics {
  const generator = createGenerator(seed, 'statistics');
  const mean = () => Float64Array.from({ length: width }, () => generator.normal());
  const covariance = () => {
    const rows = Array.from({ length: 3 * width }, () =>
      Array.from({ length: width }, (_, i) => (generator.normal() * (i + 1)) / width),
    );
    return Float64Array.from({ length: width * width }, (_, at) => {
      const [i, j] = [Math.floor(at / width), at % width];
      const sum = rows.reduce((all, row) => all + (row[i] as number) * (row[j] as number), 0);
      return sum / rows.length;
    });
  };
  return {
    queryMean: mean(),
    keyMean: mean(),
    queryCovariance: covariance(),
    keyCovariance: covariance(),
  };
}

/** A head to be fitted, with kernels of its own; `compileKernels` has been called. */
export function headFit(
  width: number,
  neurons: number,
  shared: boolean,
  statistics: HeadStatistics = unevenStatistics(width, 1),
): { kernels: ReturnType<typeof newKernels>; head: HeadFit } {
  const kernels = newKernels();
  const place = { layer: 2, head: 1, width };
  return { kernels, head: placeHeadFit(kernels, place, statistics, neurons, shared) };
}
