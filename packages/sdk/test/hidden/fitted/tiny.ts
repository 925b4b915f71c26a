import { hiddenLayer } from '../../../src/hidden/create.js';
import { encodeHidden } from '../../../src/hidden/fitted/encode.js';
import type { FittedHidden, FittedKind } from '../../../src/hidden/fitted/fitted-hidden.js';
import type { WeightedLayer } from '../../../src/hidden/hidden-layer.js';
import { createGenerator } from '../../../src/random/generator.js';
import { loadModel, type Model } from '../../../src/transformer/model.js';
import { drawTensors, maeShapes, tinyMae, tinySource } from '../../transformer/tiny-models.js';

/** Tensors of a painter of a few hundred numbers: heads of width 6 and 5. */
export const tinyTensors = drawTensors(maeShapes(tinyMae));

/** That painter as a source; with `layers`, fitted ones are listed, in order, and lie beside it. */
export function sourceWith(layers: readonly FittedHidden[], files: Record<string, string> = {}) {
  const name = ({ kind, neurons, shared }: FittedHidden) =>
    `hidden/${kind}-${neurons}${shared ? '-shared' : ''}.safetensors`;
  return tinySource(tinyMae, tinyTensors, {
    'hidden/index.json': JSON.stringify(
      layers.map((layer) => {
        const { kind, neurons, shared } = layer;
        return { file: name(layer), kind, neurons, shared };
      }),
    ),
    ...Object.fromEntries(layers.map((layer) => [name(layer), encodeHidden(layer)])),
    ...files,
  });
}

/** The painter without fitted layers. */
export const tinyModel: Promise<Model> = loadModel(tinySource(tinyMae, tinyTensors));

/** Hidden neurons that are `performer`'s draw for a seed, as a fitted layer of the painter. */
export async function fitTiny(
  kind: FittedKind,
  neurons: number,
  { shared = false, seed = 1, tensors = undefined as FittedHidden['tensors'] } = {},
): Promise<FittedHidden> {
  const model = await tinyModel;
  return {
    kind,
    neurons,
    shared,
    model: model.name,
    modelHash: await model.weightsHash(),
    dataHash: '0'.repeat(64),
    inputs: 3,
    seed,
    settings: {},
    quality: { loss: 1 / neurons },
    layers: model.layers.map(({ heads, headWidth: width }, layer) =>
      Array.from({ length: heads }, (_, head) => ({
        ...(hiddenLayer({
          kind: 'performer',
          neurons,
          width,
          seed,
          stream: [layer, head],
        }) as WeightedLayer),
        kind,
      })),
    ),
    ...(tensors && { tensors }),
  };
}

/** A picture that the painter reads. */
export function drawPicture(seed: number) {
  const generator = createGenerator(seed, 'picture');
  const data = Uint8Array.from({ length: 8 * 8 * 3 }, () => 255 * generator.uniform());
  return { width: 8, height: 8, channels: 3 as const, data };
}
