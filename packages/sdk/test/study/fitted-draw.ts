import type { FittedHidden } from '../../src/hidden/fitted/fitted-hidden.js';
import type { HiddenSource, WeightedLayer } from '../../src/hidden/hidden-layer.js';
import type { Model } from '../../src/transformer/model.js';

/** The first draw of a source as if it were a fitted layer of kind `learned`. */
export async function fitDraw(
  model: Model,
  source: HiddenSource,
  neurons: number,
): Promise<FittedHidden> {
  return {
    kind: 'learned',
    neurons,
    shared: false,
    model: model.name,
    modelHash: await model.weightsHash(),
    dataHash: '0'.repeat(64),
    inputs: 1,
    seed: 1,
    settings: {},
    quality: {},
    layers: model.layers.map(({ heads, headWidth: width }, layer) =>
      Array.from({ length: heads }, (_, head) => ({
        ...(source({ layer, head, width }, 1) as WeightedLayer),
        kind: 'learned',
      })),
    ),
  };
}
