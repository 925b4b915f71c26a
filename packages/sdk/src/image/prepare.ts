import { TripartiteError } from '../errors.js';
import { cropCentre, cropCentreSquare, toGrey, toRgb } from './convert.js';
import type { Picture } from './picture.js';
import type { PreprocessorSettings } from './preprocessor.js';
import { resizePicture } from './resize.js';

/**
 * Copies `picture` to what the model sees, still 8-bit: alpha composed over white, grey or RGB, cropped,
 * resized. `channels` defaults to the number of the settings' means. Throws `BAD_IMAGE`.
 */
export function preparePicture(
  picture: Picture,
  settings: PreprocessorSettings,
  channels: 1 | 3 = settings.mean.length === 1 ? 1 : 3,
): Picture {
  let result = channels === 1 ? toGrey(picture) : toRgb(picture);
  if (settings.crop === 'centre-square') result = cropCentreSquare(result);
  if (settings.resize !== undefined) {
    const { width, height, filter } = settings.resize;
    result = resizePicture(result, width, height, filter);
  }
  if (settings.centreCrop !== undefined) {
    result = cropCentre(result, settings.centreCrop.width, settings.centreCrop.height);
  }
  return result;
}

/**
 * Copies a grey or RGB picture to (channels, height, width): (level × rescale − mean) / std, each step
 * rounded to float32, as numpy and Hugging Face's image processors do. Throws `BAD_SHAPE` where the
 * settings have another number of channels (one value serves all).
 */
export function normalisePicture(picture: Picture, settings: PreprocessorSettings): Float32Array {
  const { channels, data } = picture;
  const area = picture.width * picture.height;
  const out = new Float32Array(channels * area);
  const table = new Float32Array(256);
  for (let c = 0; c < channels; c++) {
    const { mean, std } = channelStatistics(settings, c, channels);
    for (let level = 0; level < 256; level++) {
      table[level] = Math.fround(Math.fround(level * settings.rescale) - mean) / std;
    }
    for (let i = 0; i < area; i++) out[c * area + i] = table[data[i * channels + c] as number] ?? 0;
  }
  return out;
}

/**
 * The inverse of `normalisePicture`: copies pixels (channels, height, width) to 8-bit levels, clipped to
 * 0–255 and rounded, halves to even as numpy does; NaN gives 0. Throws `BAD_SHAPE` where the length does
 * not fit.
 */
export function picturePixels(
  pixels: Float32Array,
  shape: { readonly channels: 1 | 3; readonly height: number; readonly width: number },
  settings: PreprocessorSettings,
): Picture {
  const { channels, height, width } = shape;
  const area = width * height;
  if (pixels.length !== channels * area) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `pixels have ${pixels.length} values; ${channels}×${height}×${width} needs ${channels * area}`,
    );
  }
  // Uint8ClampedArray rounds halves to even by definition (ECMA-262, ToUint8Clamp).
  const data = new Uint8ClampedArray(channels * area);
  for (let c = 0; c < channels; c++) {
    const { mean, std } = channelStatistics(settings, c, channels);
    for (let i = 0; i < area; i++) {
      const value = Math.fround(Math.fround((pixels[c * area + i] as number) * std) + mean);
      data[i * channels + c] = value / settings.rescale;
    }
  }
  return { width, height, channels, data };
}

function channelStatistics(settings: PreprocessorSettings, channel: number, channels: number) {
  const count = settings.mean.length;
  if (count !== 1 && count !== channels) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `picture has ${channels} channels but image_mean has ${count} values; they must match`,
    );
  }
  const at = count === 1 ? 0 : channel;
  return {
    mean: Math.fround(settings.mean[at] as number),
    std: Math.fround(settings.std[at] as number),
  };
}
