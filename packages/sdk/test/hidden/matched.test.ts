import { createGenerator, hiddenLayer, type WeightedLayer } from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import { balance, leastVarianceExponents } from '../../src/hidden/kinds/matched.js';
import { normals, randomStatistics } from '../attention/data.js';

const d = 12;
const statistics = randomStatistics(5, d);

function multiply(a: ArrayLike<number>, b: ArrayLike<number>, turn = false): Float64Array {
  return Float64Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    let sum = 0;
    for (let p = 0; p < d; p++) {
      sum += (a[i * d + p] as number) * (b[turn ? j * d + p : p * d + j] as number);
    }
    return sum;
  });
}

/** M C Mᵀ. */
function moved(map: Float64Array, covariance: Float64Array): Float64Array {
  return multiply(multiply(map, covariance), map, true);
}

describe('balance', () => {
  const { queryMap, keyMap, spread } = balance(statistics);

  it('gives queries and keys the same diagonal covariance, largest first', () => {
    for (const [map, covariance] of [
      [queryMap, statistics.queryCovariance],
      [keyMap, statistics.keyCovariance],
    ] as const) {
      moved(map, covariance).forEach((c, at) => {
        const [i, j] = [Math.floor(at / d), at % d];
        const exact = i === j ? (spread[i] as number) : 0;
        // 1e-6 is added to both covariances before they are balanced.
        expect(Math.abs(c - exact)).toBeLessThan(1e-4 * (spread[0] as number));
      });
    }
    expect(Array.from(spread)).toEqual(Array.from(spread).sort((a, b) => b - a));
    expect(Math.min(...spread)).toBeGreaterThan(0);
  });

  it('keeps products: the maps are each other’s inverse transposed', () => {
    multiply(queryMap, keyMap, true).forEach((v, at) => {
      expect(v).toBeCloseTo(Math.floor(at / d) === at % d ? 1 : 0, 9);
    });
    const turned = (x: Float64Array) => x.map((_, at) => x[(at % d) * d + Math.floor(at / d)] ?? 0);
    multiply(turned(queryMap), keyMap).forEach((v, at) => {
      expect(v).toBeCloseTo(Math.floor(at / d) === at % d ? 1 : 0, 7);
    });
  });

  it('gives q̃·k̃ = (q − a)·(k − b) through the layer it builds', () => {
    const layer = hiddenLayer({ neurons: 4, width: d, statistics }) as WeightedLayer;
    const [q, k] = [normals(1, d), normals(2, d)];
    const centred = (x: Float32Array, mean: Float64Array) =>
      Float64Array.from(x, (v, i) => v - (mean[i] as number));
    const map = (m: Float32Array, x: Float64Array) =>
      x.map((_, i) => x.reduce((sum, v, j) => sum + v * (m[i * d + j] as number), 0));
    const dot = (a: Float64Array, b: Float64Array) =>
      a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
    const [qc, kc] = [centred(q, statistics.queryMean), centred(k, statistics.keyMean)];
    const product = dot(
      map(layer.query.map as Float32Array, qc),
      map(layer.key.map as Float32Array, kc),
    );
    expect(product).toBeCloseTo(dot(qc, kc), 4);
    expect(layer.query.centre).toEqual(Float32Array.from(statistics.queryMean));
    expect(layer.key.centre).toEqual(Float32Array.from(statistics.keyMean));
  });

  it('copes with directions that were never visited', () => {
    const flat = statistics.queryCovariance.map((c, at) => (at % d === 0 || at < d ? 0 : c));
    const { queryMap: map, spread: s } = balance({ ...statistics, queryCovariance: flat });
    expect(map.every(Number.isFinite)).toBe(true);
    expect(s.every((v) => v > 0)).toBe(true);
  });
});

/**
 * Mean over q̃, k̃ ~ N(0, s) of the log second moment of one neuron's estimate, in one dimension, with the
 * integral over w by Simpson's rule: what A is to make least (Likhosherstov et al. 2022, section 4).
 */
function logSecondMoment(A: number, x: readonly { q: number; k: number }[]): number {
  const slope = Math.sqrt(1 - 4 * A);
  const [low, high, steps] = [-30, 30, 1200];
  const h = (high - low) / steps;
  return (
    x.reduce((total, { q, k }) => {
      let sum = 0;
      for (let i = 0; i <= steps; i++) {
        const w = low + i * h;
        const phi = (v: number) =>
          Math.sqrt(slope) * Math.exp(A * w * w + slope * w * v - (v * v) / 2);
        const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
        sum += weight * (phi(q) * phi(k)) ** 2 * Math.exp((-w * w) / 2);
      }
      return total + Math.log((sum * h) / 3 / Math.sqrt(2 * Math.PI));
    }, 0) / x.length
  );
}

describe('leastVarianceExponents', () => {
  it.each([0.01, 0.1, 0.5, 1, 3])('gives the A of least variance at spread %f', (s) => {
    const [A = NaN] = leastVarianceExponents(Float64Array.of(s));
    // The formula is for exact moments: the sample's second moment of q + k is made 2 s.
    const generator = createGenerator(1, 'pairs');
    const raw = Array.from({ length: 60 }, () => ({
      q: generator.normal(),
      k: generator.normal(),
    }));
    const second = raw.reduce((sum, { q, k }) => sum + (q + k) ** 2, 0) / raw.length;
    const factor = Math.sqrt((2 * s) / second);
    const x = raw.map(({ q, k }) => ({ q: q * factor, k: k * factor }));
    const least = logSecondMoment(A, x);
    for (const delta of [0.003, 0.02, 0.1]) {
      expect(logSecondMoment(A - delta, x)).toBeGreaterThan(least);
      if (A + delta < 0.12) expect(logSecondMoment(A + delta, x)).toBeGreaterThan(least);
    }
    expect(A).toBeLessThan(1e-12);
    // A = 0 is the plain performer.
    expect(logSecondMoment(0, x)).toBeGreaterThan(least);
  });
});

describe('statistics of another width', () => {
  it('are refused', () => {
    expect(() => hiddenLayer({ neurons: 4, width: d + 1, statistics })).toThrow(
      'calibration statistics are of width 12 but the head has width 13; they must match',
    );
  });
});
