import { TripartiteError } from '../errors.js';
import type { WeightedLayer } from '../hidden/hidden-layer.js';
import { headScale } from '../transformer/forward.js';

/**
 * ln φ of every hidden neuron for every token of one side, (tokens, neurons), in float64. `tokens` (tokens, width) are
 * queries or keys as the transformer has them. Throws `UNSUPPORTED` where φ is no exponential.
 */
export function logActivities(
  layer: WeightedLayer,
  side: 'query' | 'key',
  tokens: Float32Array,
): Float64Array {
  const { neurons, width, activation } = layer;
  if (activation !== 'exponential') {
    throw new TripartiteError(
      'UNSUPPORTED',
      `hidden neurons of kind ${layer.kind} are ${activation}; logarithms of activity need exponential ones`,
    );
  }
  const { centre, map, weights, bias, shift, norm, gain, constant } = layer[side];
  const count = tokens.length / width;
  const scale = headScale(width);
  const out = new Float64Array(count * neurons);
  const x = new Float64Array(width);
  const w = Float64Array.from(weights);
  const turn = map && Float64Array.from(map);
  for (let t = 0; t < count; t++) {
    let common = constant;
    for (let i = 0; i < width; i++) {
      const value = (tokens[t * width + i] as number) * scale;
      common += value * (gain?.[i] ?? 0);
      x[i] = value - (centre?.[i] ?? 0);
    }
    const y = turn ? turned(turn, x) : x;
    let square = 0;
    for (const value of y) square += value * value;
    common += (norm + shift) * square;
    for (let r = 0; r < neurons; r++) {
      let z = bias[r] as number;
      for (let i = 0; i < width; i++) z += (w[r * width + i] as number) * (y[i] as number);
      out[t * neurons + r] = z + common;
    }
  }
  return out;
}

function turned(map: Float64Array, x: Float64Array): Float64Array {
  const width = x.length;
  const out = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += (map[i * width + j] as number) * (x[j] as number);
    out[i] = sum;
  }
  return out;
}
