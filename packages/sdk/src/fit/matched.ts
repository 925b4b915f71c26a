import { calibrate } from '../compare/calibrate.js';
import { hiddenSource } from '../hidden/create.js';
import type { WeightedLayer } from '../hidden/hidden-layer.js';
import type { ModelInput } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import type { FitSettings } from './options.js';

/**
 * Draws the `matched` hidden layer of every head, by layer over all stacks, for the means and spreads of its queries
 * and keys over `inputs` (docs/model.md 2): what `compare` draws for the same seed and calibration. Query and key have
 * the same weights, biases, shift and norm: one φ. Throws `BAD_INPUT`, `BAD_TEXT`, `BAD_IMAGE`, `ABORTED`.
 */
export async function fitMatched(
  model: Model,
  inputs: readonly ModelInput[],
  { neurons, seed }: Pick<FitSettings, 'neurons' | 'seed'>,
  signal?: AbortSignal,
): Promise<WeightedLayer[][]> {
  const statistics = await calibrate(model, inputs, { seed, ...(signal && { signal }) });
  const source = hiddenSource({ kind: 'matched', neurons }, statistics);
  return model.layers.map(({ heads, headWidth: width }, layer) =>
    Array.from({ length: heads }, (_, head) => {
      const drawn = source({ layer, head, width }, seed);
      if ('features' in drawn) throw new Error('matched is given by weights');
      return drawn;
    }),
  );
}
