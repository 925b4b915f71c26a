import { TripartiteError } from '../errors.js';
import { invert, looksInverted } from '../image/convert.js';
import { hidePatches } from '../image/patches.js';
import type { Picture } from '../image/picture.js';
import { normalisePicture, preparePicture } from '../image/prepare.js';
import { createGenerator } from '../random/generator.js';
import type { Model } from './model.js';
import type { PreparedInput } from './stream.js';

/** What a model reads: a text or a picture. */
export type ModelInput = { readonly text: string } | { readonly image: Picture };

/** Options that decide what a model sees of its input. */
export interface InputOptions {
  /** Seed of the draw that hides patches. Default 1. */
  readonly seed?: number;
  /** Instead of the draw: a number per patch; the lowest stay visible (Hugging Face's `noise`). */
  readonly noise?: Float32Array;
}

/** An input prepared, with what reports say of it. */
export interface Preparation {
  readonly prepared: PreparedInput;
  /** Tokens of the input that go through the model, class token included. */
  readonly tokens: number;
  readonly tokensBeforeCut: number;
  /** Surface of each token; texts only. */
  readonly pieces?: readonly string[];
  /** The picture at the model's size, 8-bit. */
  readonly picture?: Picture;
  /** With hidden patches grey; painters only. */
  readonly masked?: Picture;
  /** One byte a patch, 1 = hidden; painters only. */
  readonly mask?: Uint8Array;
  /** True where a dark drawing on white was inverted. */
  readonly inverted: boolean;
}

/**
 * Text → ids cut to the limit; picture → pixels and, for painters, which patches are hidden. Throws
 * `BAD_INPUT` for the wrong kind of input or noise, `BAD_TEXT` for an empty text, `BAD_IMAGE` for a picture that cannot be used.
 */
export function prepareInput(
  model: Model,
  input: ModelInput,
  options: InputOptions = {},
): Preparation {
  const { text, image } = (input ?? {}) as { text?: unknown; image?: Picture };
  if (typeof text === 'string') return prepareText(model, text);
  if (typeof image === 'object' && image !== null) return prepareImage(model, image, options);
  throw new TripartiteError(
    'BAD_INPUT',
    'input has neither text (a string) nor image (a Picture); one is needed',
  );
}

function prepareText({ name, tokenizer, tokenLimit }: Model, text: string): Preparation {
  if (!tokenizer) {
    throw new TripartiteError('BAD_INPUT', `${name} reads pictures, but a text came`);
  }
  if (text.trim() === '') throw new TripartiteError('BAD_TEXT', 'text is empty; words are needed');
  const { ids, pieces } = tokenizer.encode(text);
  const cut = ids.slice(0, tokenLimit);
  return {
    prepared: { ids: cut },
    tokens: cut.length,
    tokensBeforeCut: ids.length,
    pieces: pieces.slice(0, tokenLimit),
    inverted: false,
  };
}

function prepareImage(
  { name, preprocessor, plan, tokenLimit }: Model,
  image: Picture,
  options: InputOptions,
): Preparation {
  const { patches } = plan;
  if (!preprocessor || !patches) {
    throw new TripartiteError('BAD_INPUT', `${name} reads texts, but a picture came`);
  }
  const seen = preparePicture(image, preprocessor, patches.channels);
  if (seen.width !== patches.imageSize || seen.height !== patches.imageSize) {
    throw new TripartiteError(
      'BAD_CHECKPOINT',
      `${name}: preprocessor_config.json gives ${seen.width}×${seen.height} pixels; the model reads ${patches.imageSize}×${patches.imageSize}`,
    );
  }
  const inverted = preprocessor.lightOnDark && looksInverted(seen);
  const picture = inverted ? invert(seen) : seen;
  const common = {
    tokens: tokenLimit,
    tokensBeforeCut: tokenLimit,
    picture,
    inverted,
  };
  const pixels = normalisePicture(picture, preprocessor);
  if (patches.maskRatio === undefined) return { prepared: { pixels }, ...common };
  const grid = patches.imageSize / patches.patchSize;
  const { shuffle, visible, mask } = hideByNoise(
    options.noise ?? drawNoise(grid * grid, options.seed ?? 1),
    grid * grid,
    patches.maskRatio,
  );
  return {
    prepared: { pixels, order: { shuffle, visible } },
    ...common,
    mask,
    masked: hidePatches(picture, mask, grid, patches.patchSize),
  };
}

function drawNoise(patches: number, seed: number): Float32Array {
  const generator = createGenerator(seed, 'mask');
  return Float32Array.from({ length: patches }, () => generator.uniform());
}

/** As Hugging Face's ViTMAE: patches by rising noise, the first ⌊n (1 − ratio)⌋ visible. */
function hideByNoise(noise: Float32Array, patches: number, ratio: number) {
  if (noise.length !== patches || noise.some(Number.isNaN)) {
    throw new TripartiteError(
      'BAD_INPUT',
      `noise has ${noise.length} values${noise.some(Number.isNaN) ? ', some of them NaN' : ''}; ${patches} patches need a number each`,
    );
  }
  const shuffle = Int32Array.from({ length: patches }, (_, i) => i).sort(
    (a, b) => (noise[a] as number) - (noise[b] as number) || a - b,
  );
  const visible = Math.floor(patches * (1 - ratio));
  const mask = new Uint8Array(patches);
  for (const patch of shuffle.subarray(visible)) mask[patch] = 1;
  return { shuffle, visible, mask };
}
