import { pastePatches, unpatchify } from '../image/patches.js';
import type { Picture } from '../image/picture.js';
import { picturePixels } from '../image/prepare.js';
import { psnr } from '../image/psnr.js';
import type { Preparation } from './inputs.js';
import type { Model } from './model.js';

interface Common {
  readonly tokens: number;
  /** Tokens before the model's limit cut them. */
  readonly tokensBeforeCut: number;
}

/** A sentence embedding, of unit length. */
export interface EmbeddingResult extends Common {
  readonly type: 'embedding';
  readonly embedding: Float32Array;
  /** Surface of each token. */
  readonly pieces: readonly string[];
}

/** A classification. */
export interface LabelResult extends Common {
  readonly type: 'label';
  /** One per class. */
  readonly logits: Float32Array;
  readonly label: string;
  /** True where a dark drawing on white was inverted. */
  readonly inverted: boolean;
}

/** A painting of hidden patches. */
export interface PictureResult extends Common {
  readonly type: 'picture';
  /** (patches, patch² · channels), normalised pixels in order row, column, channel. */
  readonly logits: Float32Array;
  /** One byte a patch, 1 = hidden. */
  readonly mask: Uint8Array;
  /** What the model saw, before hiding. */
  readonly original: Picture;
  /** Hidden patches grey. */
  readonly masked: Picture;
  /** Hidden patches painted into the original. */
  readonly painting: Picture;
  /** Painting against original, dB over hidden patches. */
  readonly psnr: number;
}

export type RunResult = EmbeddingResult | LabelResult | PictureResult;

/** What the model's last numbers mean. */
export function interpret(model: Model, input: Preparation, last: Float32Array): RunResult {
  const { tokens, tokensBeforeCut } = input;
  const common = { tokens, tokensBeforeCut };
  switch (model.plan.output) {
    case 'embedding':
      return { type: 'embedding', embedding: last, pieces: input.pieces ?? [], ...common };
    case 'label': {
      const best = last.reduce((top, value, i) => (value > (last[top] as number) ? i : top), 0);
      return {
        type: 'label',
        logits: last,
        label: model.labels?.[best] ?? String(best),
        inverted: input.inverted,
        ...common,
      };
    }
    case 'picture':
      return { ...paint(model, input, last), ...common };
  }
}

function paint(model: Model, input: Preparation, logits: Float32Array) {
  const { patches, output } = model.plan;
  const { picture: original, masked, mask } = input;
  if (!patches || !original || !masked || !mask || !model.preprocessor) {
    throw new Error(`${model.name}: output ${output} without a prepared picture`);
  }
  const { imageSize: side, patchSize: patch, channels } = patches;
  const shape = { channels, height: side, width: side };
  const pixels = unpatchify(logits, shape, patch, 'row-column-channel');
  const whole = picturePixels(pixels, shape, model.preprocessor);
  const painting = pastePatches(original, whole, mask, side / patch, patch);
  return {
    type: 'picture' as const,
    logits,
    mask,
    original,
    masked,
    painting,
    psnr: psnr(painting, original, mask, patch),
  };
}
