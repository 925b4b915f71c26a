import type { Kernels } from '@tripartite/kernels';
import { exp, log } from '../numeric/elementary.js';
import { createGenerator, type Generator } from '../random/generator.js';
import type { HeadFit } from './head-fit.js';
import type { HeadTokens } from './head-tokens.js';

/** Spread of the noise on weights, so that neurons started on the same pair part. */
const noise = 0.35;

/** Draws a key for a query by its attention weight. */
function drawKey(
  { arena }: Kernels,
  { queries, keys, gains, rows }: HeadTokens,
  width: number,
  query: number,
  generator: Generator,
): number {
  const q = arena.viewFloats(queries + 4 * query * width, width);
  const k = arena.viewFloats(keys, rows * width);
  const scores = Float64Array.from(arena.viewFloats(gains, rows), (gain, j) => {
    let sum = gain;
    for (let l = 0; l < width; l++) sum += (q[l] as number) * (k[j * width + l] as number);
    return sum;
  });
  const top = scores.reduce((a, b) => Math.max(a, b));
  const weights = scores.map((score) => exp(score - top));
  let left = generator.uniform() * weights.reduce((a, b) => a + b);
  for (let j = 0; j < rows; j++) {
    left -= weights[j] as number;
    if (left < 0) return j;
  }
  return rows - 1;
}

/**
 * Starts a head's hidden neurons where attention takes place: w = ½ (q + k) + 0.35 ε, the pairs drawn by attention
 * weight from `inputs`, c = −‖w‖²/4 − ½ ln m, α = ½, γ = 1, o = 0 (docs/model.md 2).
 */
export function startWeights(
  kernels: Kernels,
  fit: HeadFit,
  inputs: readonly HeadTokens[],
  seed: number,
): void {
  const { arena } = kernels;
  const { place, shape, layout, parameters } = fit;
  const { width, neurons, shared } = shape;
  const generator = createGenerator(seed, 'fit-start', place.layer, place.head);
  const row = arena.viewFloats(parameters, layout.length);
  const bias = -0.5 * log(neurons);
  for (let r = 0; r < neurons; r++) {
    const tokens = inputs[generator.integer(inputs.length)] as HeadTokens;
    const query = generator.integer(tokens.rows);
    const key = drawKey(kernels, tokens, width, query, generator);
    const q = arena.viewFloats(tokens.queries + 4 * query * width, width);
    const k = arena.viewFloats(tokens.keys + 4 * key * width, width);
    let square = 0;
    for (let l = 0; l < width; l++) {
      const w = Math.fround(
        0.5 * ((q[l] as number) + (k[l] as number)) + noise * generator.normal(),
      );
      row[layout.queryWeights + r * width + l] = w;
      square += w * w;
    }
    row[layout.queryBias + r] = bias - square / 4;
  }
  if (!shared) {
    row.copyWithin(layout.keyWeights, layout.queryWeights, layout.queryBias + neurons);
  }
  row.fill(0.5, layout.curvature, layout.curvature + width);
  row.set([1, 0], layout.gains);
}
