import { TripartiteError } from '../errors.js';
import type { Picture } from './picture.js';

/**
 * Order of the values of one patch: `channel-row-column` is a convolution's weight order (ViT's patch
 * embedding), `row-column-channel` that of ViTMAE's reconstruction.
 */
export type PatchOrder = 'channel-row-column' | 'row-column-channel';

/** Sizes of pixels (channels, height, width), in pixels. */
export interface PixelShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Copies pixels (channels, height, width) to patches (height/patch × width/patch, channels × patch²), row
 * by row. Throws `BAD_SHAPE` where the sides are no multiples of `patch` or the length does not fit.
 */
export function patchify(
  pixels: Float32Array,
  shape: PixelShape,
  patch: number,
  order: PatchOrder,
): Float32Array {
  const out = new Float32Array(checkPatches(pixels, shape, patch));
  visitPatches(shape, patch, order, (inPatches, inPixels) => {
    out[inPatches] = pixels[inPixels] as number;
  });
  return out;
}

/** The inverse of `patchify`: copies patches back to pixels (channels, height, width). */
export function unpatchify(
  patches: Float32Array,
  shape: PixelShape,
  patch: number,
  order: PatchOrder,
): Float32Array {
  const out = new Float32Array(checkPatches(patches, shape, patch));
  visitPatches(shape, patch, order, (inPatches, inPixels) => {
    out[inPixels] = patches[inPatches] as number;
  });
  return out;
}

/**
 * Copies `original` with the hidden patches (mask 1) taken from `reconstruction`, a picture of the same
 * size. `grid` is the number of patches a side, `patch` a patch's side in pixels, mask (grid × grid) row
 * by row. Throws `BAD_SHAPE` where they do not fit together.
 */
export function pastePatches(
  original: Picture,
  reconstruction: Picture,
  mask: Uint8Array,
  grid: number,
  patch: number,
): Picture {
  checkSamePicture(original, reconstruction);
  return replaceHidden(original, mask, grid, patch, (i) => reconstruction.data[i] as number);
}

/** Copies `original` with the hidden patches (mask 1) in middle grey, level 128. */
export function hidePatches(
  original: Picture,
  mask: Uint8Array,
  grid: number,
  patch: number,
): Picture {
  return replaceHidden(original, mask, grid, patch, () => 128);
}

/** Throws `BAD_SHAPE` where two pictures differ in size or channels. */
export function checkSamePicture(a: Picture, b: Picture): void {
  if (a.width !== b.width || a.height !== b.height || a.channels !== b.channels) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `pictures are ${a.width}×${a.height}×${a.channels} and ${b.width}×${b.height}×${b.channels}; they must match`,
    );
  }
}

/**
 * Throws `BAD_SHAPE` where `mask` has no value for each `patch` × `patch` square of `picture`; returns the
 * number of patches in a row.
 */
export function checkMask(picture: Picture, mask: Uint8Array, patch: number): number {
  const columns = picture.width / patch;
  const rows = picture.height / patch;
  if (!Number.isSafeInteger(columns) || !Number.isSafeInteger(rows)) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `picture is ${picture.width}×${picture.height}; both sides must be multiples of the patch, ${patch}`,
    );
  }
  if (mask.length !== columns * rows) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `mask has ${mask.length} values; ${columns}×${rows} patches need ${columns * rows}`,
    );
  }
  return columns;
}

function replaceHidden(
  original: Picture,
  mask: Uint8Array,
  grid: number,
  patch: number,
  replacement: (i: number) => number,
): Picture {
  if (checkMask(original, mask, patch) !== grid || original.height !== grid * patch) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `picture is ${original.width}×${original.height}; ${grid}×${grid} patches of ${patch} need ${grid * patch}×${grid * patch}`,
    );
  }
  const { width, height, channels } = original;
  const data = Uint8Array.from(original.data, (level, i) => {
    const pixel = Math.floor(i / channels);
    const row = Math.floor(pixel / width / patch);
    const column = Math.floor((pixel % width) / patch);
    return mask[row * grid + column] === 0 ? level : replacement(i);
  });
  return { width, height, channels, data };
}

function checkPatches(values: Float32Array, shape: PixelShape, patch: number): number {
  const { channels, height, width } = shape;
  if (!(patch >= 1) || height % patch !== 0 || width % patch !== 0) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `pixels are ${width}×${height}; both sides must be multiples of the patch, ${patch}`,
    );
  }
  const size = channels * height * width;
  if (values.length !== size) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `pixels have ${values.length} values; ${channels}×${height}×${width} needs ${size}`,
    );
  }
  return size;
}

// Visits each value once: its place in (patches, values of a patch) and in (channels, height, width).
function visitPatches(
  shape: PixelShape,
  patch: number,
  order: PatchOrder,
  visit: (inPatches: number, inPixels: number) => void,
): void {
  const { channels, height, width } = shape;
  const [channelStep, rowStep, columnStep] =
    order === 'channel-row-column' ? [patch * patch, patch, 1] : [1, patch * channels, channels];
  const columns = width / patch;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const index = Math.floor(y / patch) * columns + Math.floor(x / patch);
        const within = c * channelStep + (y % patch) * rowStep + (x % patch) * columnStep;
        visit(index * channels * patch * patch + within, (c * height + y) * width + x);
      }
    }
  }
}
