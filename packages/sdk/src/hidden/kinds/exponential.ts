import { log } from '../../numeric/elementary.js';
import { type HiddenKind, symmetricLayer } from './kind.js';

/** φ(x) = exp(W x − ‖x‖²/2) / √m (Choromanski et al. 2021; Kozachkov et al. 2023). Unbiased for exp(q·k). */
export const performer: HiddenKind = {
  name: 'performer',
  summary: 'exp(W x − ‖x‖²/2)/√m, positive random features (Choromanski et al. 2021)',
  signed: false,
  needsStatistics: false,
  defaultSampling: 'iid',
  build: (parts) =>
    symmetricLayer('performer', parts, false, 'exponential', {
      weights: Float32Array.from(parts.weights),
      bias: new Float32Array(parts.neurons).fill(-0.5 * log(parts.neurons)),
      shift: 0,
      norm: -0.5,
      constant: 0,
    }),
};

/** φ(x) = exp(−‖x‖²/2)/√m · clip(exp(W x), 0, 150) (Kozachkov et al. 2023, figures code). */
export const truncatedPerformer: HiddenKind = {
  name: 'truncated-performer',
  summary: 'exp(−‖x‖²/2)/√m · min(exp(W x), 150): neurons that saturate (Kozachkov et al. 2023)',
  signed: false,
  needsStatistics: false,
  defaultSampling: 'iid',
  build: (parts) =>
    symmetricLayer('truncated-performer', parts, false, 'clipped-exponential', {
      weights: Float32Array.from(parts.weights),
      bias: new Float32Array(parts.neurons),
      shift: 0,
      norm: -0.5,
      constant: -0.5 * log(parts.neurons),
    }),
};
