import { log } from '../../numeric/elementary.js';
import { drawPhases } from '../draw-weights.js';
import type { ActivationName } from '../hidden-layer.js';
import { type HiddenKind, type Ingredients, symmetricLayer } from './kind.js';

/** The common form √(numerator/m) · exp(‖x‖²/2) · f(W x + b), b uniform on [0, 2π). */
function build(
  name: string,
  signed: boolean,
  activation: ActivationName,
  numerator: number,
): (parts: Ingredients) => ReturnType<HiddenKind['build']> {
  return (parts) =>
    symmetricLayer(name, parts, signed, activation, {
      weights: Float32Array.from(parts.weights),
      bias: drawPhases(parts.generator, parts.neurons),
      shift: 0,
      norm: 0.5,
      constant: 0.5 * log(numerator / parts.neurons),
    });
}

/** φ(x) = √(2/m) cos(W x + b) exp(‖x‖²/2) (Rahimi and Recht 2007; Kozachkov et al. 2023). Unbiased, signed. */
export const cosine: HiddenKind = {
  name: 'cosine',
  summary: '√(2/m) cos(W x + b) exp(‖x‖²/2), random Fourier features (Rahimi and Recht 2007)',
  signed: true,
  needsStatistics: false,
  defaultSampling: 'iid',
  build: build('cosine', true, 'cosine', 2),
};

/** φ(x) = max(0, √(2/(πm)) exp(‖x‖²/2) cos(W x + b)) (Kozachkov et al. 2023, figures code). */
export const positiveCosine: HiddenKind = {
  name: 'positive-cosine',
  summary: 'max(0, √(2/(πm)) cos(W x + b) exp(‖x‖²/2)) (Kozachkov et al. 2023)',
  signed: false,
  needsStatistics: false,
  defaultSampling: 'iid',
  build: build('positive-cosine', false, 'positive-cosine', 2 / Math.PI),
};

/** φ(x) = √(2/m) exp(‖x‖²/2) clipsin(W x + b) (Kozachkov et al. 2023, figures code). */
export const clippedSine: HiddenKind = {
  name: 'clipped-sine',
  summary: '√(2/m) clipsin(W x + b) exp(‖x‖²/2), sine inside ±π/2 (Kozachkov et al. 2023)',
  signed: true,
  needsStatistics: false,
  defaultSampling: 'iid',
  build: build('clipped-sine', true, 'clipped-sine', 2),
};
