import { TripartiteError } from '../../errors.js';
import { cholesky, invertLower } from '../../numeric/cholesky.js';
import { log } from '../../numeric/elementary.js';
import { symmetricEigen } from '../../numeric/symmetric-eigen.js';
import type { HeadStatistics } from '../statistics.js';
import type { HiddenKind } from './kind.js';

/** Added to both covariances, so that directions never visited stay invertible. */
const jitter = 1e-6;

/** Maps of a head's centred queries and keys after which both have covariance diag(spread). */
export interface Balance {
  /** L, (d, d) row-major: q̃ = L (q − a). */
  readonly queryMap: Float64Array;
  /** L^−ᵀ, (d, d) row-major: k̃ = L^−ᵀ (k − b), so that q̃·k̃ = (q − a)·(k − b). */
  readonly keyMap: Float64Array;
  /** (d), descending. */
  readonly spread: Float64Array;
}

/**
 * Balances queries and keys (docs/model.md 2). With C_q = R Rᵀ (Cholesky) and Rᵀ C_k R = U diag(s²) Uᵀ:
 * L = diag(√s) Uᵀ R⁻¹ and L^−ᵀ = diag(1/√s) Uᵀ Rᵀ. The same L as by matrix square roots and a singular value
 * decomposition, up to signs, with one eigendecomposition.
 */
export function balance(statistics: HeadStatistics): Balance {
  const d = statistics.queryMean.length;
  const padded = (covariance: Float64Array) =>
    covariance.map((c, at) => (at % (d + 1) === 0 ? c + jitter : c));
  const lower = cholesky(padded(statistics.queryCovariance), d);
  const inverse = invertLower(lower, d);
  const turned = transpose(lower, d);
  const both = multiply(turned, multiply(padded(statistics.keyCovariance), lower, d), d);
  const { values, vectors } = symmetricEigen(both, d);
  const spread = values.map((value) => Math.sqrt(Math.max(value, jitter * jitter)));
  const directions = transpose(vectors, d);
  const queryMap = multiply(directions, inverse, d);
  const keyMap = multiply(directions, turned, d);
  for (let i = 0; i < d; i++) {
    const root = Math.sqrt(spread[i] as number);
    for (let j = 0; j < d; j++) {
      queryMap[i * d + j] = (queryMap[i * d + j] as number) * root;
      keyMap[i * d + j] = (keyMap[i * d + j] as number) / root;
    }
  }
  return { queryMap, keyMap, spread };
}

/** Balances found so far: they depend on the statistics alone, and every seed and size asks again. */
const balances = new WeakMap<HeadStatistics, Balance>();

function balanceOnce(statistics: HeadStatistics): Balance {
  const found = balances.get(statistics) ?? balance(statistics);
  balances.set(statistics, found);
  return found;
}

function transpose(a: Float64Array, d: number): Float64Array {
  return a.map((_, at) => a[(at % d) * d + Math.floor(at / d)] as number);
}

function multiply(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let p = 0; p < d; p++) {
      const factor = a[i * d + p] as number;
      // Half of a triangular factor.
      if (factor === 0) continue;
      const to = i * d;
      const from = p * d;
      for (let j = 0; j < d; j++) {
        out[to + j] = (out[to + j] as number) + factor * (b[from + j] as number);
      }
    }
  }
  return out;
}

/**
 * Exponents A of the diagonal generalised exponential (Likhosherstov et al. 2022), the ones of least variance
 * for queries and keys of covariance diag(spread) each: f = 2s, ρ = (√((1+2f)²+8f) − 1 − 2f)/(4f),
 * A = (1 − 1/ρ)/8.
 */
export function leastVarianceExponents(spread: Float64Array): Float64Array {
  return spread.map((s) => {
    const f = 2 * s;
    const rho = (Math.sqrt((1 + 2 * f) * (1 + 2 * f) + 8 * f) - 1 - 2 * f) / (4 * f);
    return (1 - 1 / rho) / 8;
  });
}

/**
 * φ_r(x̃) = m^−½ Π(1 − 4A)^¼ exp(Σ A w² + Σ √(1−4A) w x̃ − ‖x̃‖²/2) on centred, balanced queries and keys;
 * the gains e^{q·b − a·b} and e^{a·k} make the product exactly unbiased for exp(q·k) (ours; after
 * Likhosherstov et al. 2022).
 */
export const matched: HiddenKind = {
  name: 'matched',
  summary:
    'random neurons fitted to the means and spreads of the head’s own queries and keys (ours)',
  signed: false,
  needsStatistics: true,
  defaultSampling: 'orthogonal',
  build({ neurons, width, sampling, weights, statistics }) {
    if (!statistics) {
      throw new TripartiteError('BAD_INPUT', 'hidden kind matched needs calibration statistics');
    }
    if (statistics.queryMean.length !== width) {
      throw new TripartiteError(
        'BAD_SHAPE',
        `calibration statistics are of width ${statistics.queryMean.length} but the head has width ${width}; they must match`,
      );
    }
    const { queryMap, keyMap, spread } = balanceOnce(statistics);
    const exponents = leastVarianceExponents(spread);
    const slopes = exponents.map((a) => Math.sqrt(1 - 4 * a));
    const normaliser =
      0.25 * exponents.reduce((sum, a) => sum + log(1 - 4 * a), 0) - 0.5 * log(neurons);
    const scaled = new Float32Array(neurons * width);
    const bias = new Float32Array(neurons);
    for (let r = 0; r < neurons; r++) {
      let square = 0;
      for (let l = 0; l < width; l++) {
        const w = weights[r * width + l] as number;
        square += (exponents[l] as number) * w * w;
        scaled[r * width + l] = w * (slopes[l] as number);
      }
      bias[r] = square + normaliser;
    }
    const { queryMean: a, keyMean: b } = statistics;
    const shared = { weights: scaled, bias, shift: 0, norm: -0.5 };
    return {
      kind: 'matched',
      neurons,
      width,
      sampling,
      activation: 'exponential',
      signed: false,
      query: {
        ...shared,
        centre: Float32Array.from(a),
        map: Float32Array.from(queryMap),
        gain: Float32Array.from(b),
        constant: -a.reduce((sum, value, i) => sum + value * (b[i] as number), 0),
      },
      key: {
        ...shared,
        centre: Float32Array.from(b),
        map: Float32Array.from(keyMap),
        gain: Float32Array.from(a),
        constant: 0,
      },
    };
  },
};
