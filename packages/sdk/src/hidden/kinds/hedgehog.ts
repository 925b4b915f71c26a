import { type HiddenKind, symmetricLayer } from './kind.js';
import { narrowWeights } from './linear.js';

/**
 * φ(x) = [exp(W x + b), exp(−W x − b)] before any learning, b = 0 (Zhang et al., ICLR 2024, arXiv 2402.04347): hidden
 * neurons in antithetic pairs. W is the identity where m = 2d, else its rows are N(0, I/d) (ours); of an odd number of
 * neurons the last has no partner.
 */
export const hedgehog: HiddenKind = {
  name: 'hedgehog',
  summary:
    '[exp(W x), exp(−W x)], pairs; W = I where m = 2d, else N(0, 1/d) (Zhang et al. 2024, before learning)',
  signed: false,
  needsStatistics: false,
  defaultSampling: 'iid',
  rows: (neurons) => Math.ceil(neurons / 2),
  build(parts) {
    const { neurons, width } = parts;
    const above = narrowWeights(parts, 2 * width);
    const weights = new Float32Array(neurons * width);
    weights.set(above);
    weights.set(
      above.subarray(0, weights.length - above.length).map((w) => -w),
      above.length,
    );
    return symmetricLayer('hedgehog', parts, false, 'exponential', {
      weights,
      bias: new Float32Array(neurons),
      shift: 0,
      norm: 0,
      constant: 0,
    });
  },
};
