import { log } from '../numeric/elementary.js';
import { checkMask, checkSamePicture } from './patches.js';
import type { Picture } from './picture.js';

/**
 * Peak signal-to-noise ratio of two pictures of the same size, dB: 10 log₁₀(255² / mean squared
 * difference) over all 8-bit levels, or those of the patches (`patch` pixels a side, row by row) where
 * `where` is not 0. Infinity where nothing differs, NaN where no patch counts. Throws `BAD_SHAPE` where
 * the pictures or the mask do not fit.
 */
export function psnr(a: Picture, b: Picture, where?: Uint8Array, patch = 1): number {
  checkSamePicture(a, b);
  const columns = where === undefined ? 0 : checkMask(a, where, patch);
  const { width, height, channels } = a;
  let squares = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (where?.[Math.floor(y / patch) * columns + Math.floor(x / patch)] === 0) continue;
      for (let c = 0; c < channels; c++) {
        const i = (y * width + x) * channels + c;
        const difference = (a.data[i] as number) - (b.data[i] as number);
        squares += difference * difference;
      }
      count += channels;
    }
  }
  if (count === 0) return Number.NaN;
  if (squares === 0) return Number.POSITIVE_INFINITY;
  return (10 * log((255 * 255 * count) / squares)) / Math.LN10;
}
