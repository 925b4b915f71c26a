import { tokenLabels } from '../compare/details.js';
import { headName } from '../figure/labels.js';
import type { Picture } from '../image/picture.js';
import type { Preparation } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import type { SheetChart } from './chart.js';
import type { Sighting, WatchedHead } from './neuron-watch.js';

/** Patches of a neuron and side that are drawn. */
const shown = 6;
/** Grey beyond the border of a picture. */
const beyond = 128;

/** A neuron of a watched head. */
export interface WatchedNeuron {
  readonly head: WatchedHead;
  readonly neuron: number;
}

/** The square of `side` pixels whose upper left corner is at (x, y), grey where the picture ends; copies. */
function cropPicture(picture: Picture, x: number, y: number, side: number): Picture {
  const { width, height, channels } = picture;
  const data = new Uint8Array(side * side * channels).fill(beyond);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [fromX, fromY] = [x + column, y + row];
      if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue;
      const from = (fromY * width + fromX) * channels;
      data.set(picture.data.subarray(from, from + channels), (row * side + column) * channels);
    }
  }
  return { width: side, height: side, channels, data };
}

/**
 * The patches that neurons respond to, each in the middle of its neighbours; `undefined` for models of text. Class
 * tokens have no patch and are left out.
 */
export function neuronSheet(
  model: Model,
  inputs: readonly Preparation[],
  neurons: readonly WatchedNeuron[],
): SheetChart | undefined {
  const { patches } = model.plan;
  if (!patches) return undefined;
  const { patchSize: side, imageSize } = patches;
  const grid = imageSize / side;
  const crop = (stack: 'encoder' | 'decoder', { input, token }: Sighting): Picture[] => {
    const preparation = inputs[input] as Preparation;
    const labels = tokenLabels(model, preparation);
    const patch = labels.type === 'patches' ? (labels[stack][token] ?? -1) : -1;
    if (patch < 0 || !preparation.picture) return [];
    const [x, y] = [(patch % grid) * side, Math.floor(patch / grid) * side];
    return [cropPicture(preparation.picture, x - side, y - side, 3 * side)];
  };
  return {
    type: 'sheet',
    name: 'neurons',
    title: `Patches that hidden neurons of ${model.name} respond to`,
    caption:
      'A row is the most used neuron of a head. Left the keys that excite it most relative to its fellows, right the queries in whose answer its share is largest; each patch stands in the middle of its neighbours.',
    groups: ['as keys', 'as queries'],
    rows: neurons.map(({ head, neuron }) => ({
      name: `${headName(head)}, neuron ${neuron}`,
      pictures: [head.keys, head.queries].map((lists) =>
        (lists[neuron] ?? []).flatMap((sighting) => crop(head.stack, sighting)).slice(0, shown),
      ),
    })),
  };
}
