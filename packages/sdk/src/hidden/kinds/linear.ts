import { log } from '../../numeric/elementary.js';
import { type HiddenKind, type Ingredients, symmetricLayer } from './kind.js';

/** φ(x) = 1 + (W x − ‖x‖²/2 − ½ ln m), the performer's exponent to first order (Kozachkov et al. 2023). */
export const linear: HiddenKind = {
  name: 'linear',
  summary: '1 + W x − ‖x‖²/2 − ½ ln m, the exponential to first order (Kozachkov et al. 2023)',
  signed: true,
  needsStatistics: false,
  defaultSampling: 'iid',
  build: (parts) =>
    symmetricLayer('linear', parts, true, 'linear', {
      weights: Float32Array.from(parts.weights),
      bias: new Float32Array(parts.neurons).fill(1 - 0.5 * log(parts.neurons)),
      shift: -0.5,
      norm: 0,
      constant: 0,
    }),
};

/** W with rows N(0, I/d), the identity where there are `whole` neurons, or the user's own W. */
export function narrowWeights({ weights, width, neurons, own }: Ingredients, whole = 0) {
  if (own) return Float32Array.from(weights);
  if (neurons === whole) return identity(width);
  const factor = 1 / Math.sqrt(width);
  return Float32Array.from(weights, (w) => w * factor);
}

/** The identity, (width, width). */
function identity(width: number): Float32Array {
  return Float32Array.from({ length: width * width }, (_, at) => (at % (width + 1) === 0 ? 1 : 0));
}

/**
 * φ(x) = elu(W x) + 1 (Katharopoulos et al. 2020). With as many neurons as the head is wide W is the identity,
 * as there; otherwise its rows are N(0, I/d) (ours).
 */
export const elu: HiddenKind = {
  name: 'elu',
  summary: 'elu(W x) + 1, W = I where m = d, else N(0, 1/d) (Katharopoulos et al. 2020)',
  signed: false,
  needsStatistics: false,
  defaultSampling: 'iid',
  build: (parts) =>
    symmetricLayer('elu', parts, false, 'elu', {
      weights: narrowWeights(parts, parts.width),
      bias: new Float32Array(parts.neurons),
      shift: 0,
      norm: 0,
      constant: 0,
    }),
};

/** φ(x) = relu(W x + b), rows of W N(0, I/d), b = 0 (Kasai et al. 2021 before any learning). */
export const relu: HiddenKind = {
  name: 'relu',
  summary: 'max(0, W x), W of N(0, 1/d) (Kasai et al. 2021, before learning)',
  signed: false,
  needsStatistics: false,
  defaultSampling: 'iid',
  build: (parts) =>
    symmetricLayer('relu', parts, false, 'relu', {
      weights: narrowWeights(parts),
      bias: new Float32Array(parts.neurons),
      shift: 0,
      norm: 0,
      constant: 0,
    }),
};
