import type { Preparation } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import type { RunResult } from '../transformer/results.js';
import type { ComparisonPictures, TokenLabels } from './comparison.js';

/** What each token is: a piece of text, or the patch it comes from. */
export function tokenLabels(model: Model, input: Preparation): TokenLabels {
  const { patches } = model.plan;
  if (!patches) return { type: 'text', pieces: input.pieces ?? [] };
  const grid = patches.imageSize / patches.patchSize;
  const all = Array.from({ length: grid * grid }, (_, patch) => patch);
  const { order } = input.prepared;
  const seen = order ? Array.from(order.shuffle.subarray(0, order.visible)) : all;
  return { type: 'patches', grid, encoder: [-1, ...seen], decoder: [-1, ...all] };
}

/** Pictures and output vectors of a comparison, as far as there are any. */
export function picturesOf(
  input: Preparation,
  own: RunResult,
  twin: RunResult,
): {
  pictures?: ComparisonPictures;
  outputs?: { softmax: Float32Array; twin: Float32Array };
} {
  const { picture: original, inverted } = input;
  if (own.type === 'embedding' && twin.type === 'embedding') {
    return { outputs: { softmax: own.embedding, twin: twin.embedding } };
  }
  if (own.type === 'label' && twin.type === 'label') {
    return {
      outputs: { softmax: own.logits, twin: twin.logits },
      ...(original && { pictures: { original, inverted } }),
    };
  }
  if (own.type === 'picture' && twin.type === 'picture') {
    const { masked, painting: softmax } = own;
    return {
      pictures: { original: own.original, masked, softmax, twin: twin.painting, inverted },
    };
  }
  return {};
}
