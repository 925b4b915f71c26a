import { hiddenLayer } from '../../src/hidden/create.js';
import type { HeadStatistics } from '../../src/hidden/statistics.js';
import { createGenerator } from '../../src/random/generator.js';
import { dot, naiveFeatures } from './naive-network.js';

const width = 8;
const pairs = 6;

/** Query–key pairs with ‖q + k‖² between 0.2 and 2. */
function drawPairs(): { q: number[]; k: number[] }[] {
  const generator = createGenerator(1, 'pairs');
  const normals = () => Array.from({ length: width }, () => generator.normal());
  return Array.from({ length: pairs }, (_, i) => {
    const q = normals();
    const direction = normals();
    const size = Math.sqrt((0.2 + (1.8 * i) / (pairs - 1)) / dot(direction, direction));
    // q of length 1, and k so that q + k is `size` long.
    const unit = q.map((x) => x / Math.sqrt(dot(q, q)));
    return { q: unit, k: unit.map((x, at) => (direction[at] as number) * size - x) };
  });
}

/** Moments that are no identity: correlated queries and keys of different size, off the origin. */
function someStatistics(): HeadStatistics {
  const generator = createGenerator(2, 'moments');
  const normals = (count: number) => Float64Array.from({ length: count }, () => generator.normal());
  const covariance = () => {
    const root = normals(width * width);
    return Float64Array.from({ length: width * width }, (_, at) => {
      const [i, j] = [Math.floor(at / width) * width, (at % width) * width];
      return dot(root.subarray(i, i + width), root.subarray(j, j + width)) / (4 * width);
    });
  };
  return {
    queryMean: normals(width).map((x) => x / 4),
    keyMean: normals(width).map((x) => x / 4),
    queryCovariance: covariance(),
    keyCovariance: covariance(),
  };
}

/**
 * Mean of φ(q)·φ(k) over `draws` draws of 64 neurons against exp(q·k), for every pair, in standard errors of that
 * mean. Unbiased neurons stay within a few.
 */
export function measureBias(kind: 'performer' | 'matched', draws: number): number[] {
  const statistics = someStatistics();
  const points = drawPairs();
  const sums = points.map(() => ({ sum: 0, squares: 0 }));
  for (let seed = 1; seed <= draws; seed++) {
    const layer = hiddenLayer({ kind, neurons: 64, width, seed, statistics });
    points.forEach(({ q, k }, i) => {
      const exact = Math.exp(dot(q, k));
      const off = dot(naiveFeatures(layer, 'query', q), naiveFeatures(layer, 'key', k)) - exact;
      const own = sums[i] as { sum: number; squares: number };
      own.sum += off;
      own.squares += off * off;
    });
  }
  return sums.map(({ sum, squares }) => {
    const mean = sum / draws;
    return mean / Math.sqrt((squares / draws - mean * mean) / draws);
  });
}
