import { TripartiteError } from '../errors.js';
import type { Picture } from './picture.js';

/** Largest picture that is taken, in pixels: 100 megapixels. */
export const MAX_PIXELS = 100_000_000;

/** Longest side that is taken, in pixels: JPEG's own limit. */
const MAX_SIDE = 65_535;

/**
 * Throws `BAD_IMAGE` where `picture` has no pixels, more than `MAX_PIXELS`, a side above 65,535, a number of
 * channels other than 1, 3 or 4, or data of another length than height × width × channels.
 */
export function checkPicture(picture: Picture): void {
  const { width, height, channels, data } = picture;
  if (!isSide(width) || !isSide(height)) {
    throw new TripartiteError(
      'BAD_IMAGE',
      `picture is ${width}×${height}; both sides must be whole numbers of at least 1`,
    );
  }
  if (width * height > MAX_PIXELS || Math.max(width, height) > MAX_SIDE) {
    throw new TripartiteError(
      'BAD_IMAGE',
      `picture is ${width}×${height}; at most ${MAX_PIXELS / 1e6} megapixels and ${MAX_SIDE} a side are allowed`,
    );
  }
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new TripartiteError(
      'BAD_IMAGE',
      `picture has ${String(channels)} channels; 1, 3 or 4 are allowed`,
    );
  }
  const expected = width * height * channels;
  if (data.length !== expected) {
    throw new TripartiteError(
      'BAD_IMAGE',
      `picture data has ${data.length} values; ${width}×${height} with ${channels} channels needs ${expected}`,
    );
  }
}

function isSide(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
