import { TripartiteError } from '../errors.js';
import { checkPicture } from './check.js';
import type { Picture } from './picture.js';

/**
 * Copies the grey of `picture`, (height, width), as Pillow's `convert('L')` rounds it: ITU-R BT.601 luma
 * in 16-bit fixed point. Alpha is composed over white first; a grey picture is returned as it is.
 */
export function toGrey(picture: Picture): Picture {
  if (picture.channels === 1) {
    checkPicture(picture);
    return picture;
  }
  const { width, height, data: rgb } = toRgb(picture);
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const r = rgb[3 * i] as number;
    const g = rgb[3 * i + 1] as number;
    const b = rgb[3 * i + 2] as number;
    data[i] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
  }
  return { width, height, channels: 1, data };
}

/**
 * Copies `picture` to three channels: grey is repeated, alpha is composed over white and rounded to the
 * nearest level. An RGB picture is returned as it is.
 */
export function toRgb(picture: Picture): Picture {
  checkPicture(picture);
  const { width, height, channels, data } = picture;
  if (channels === 3) return picture;
  const out = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const alpha = channels === 4 ? (data[4 * i + 3] as number) : 255;
    for (let c = 0; c < 3; c++) {
      const level = data[channels === 4 ? 4 * i + c : i] as number;
      out[3 * i + c] = Math.floor((level * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
  return { width, height, channels: 3, data: out };
}

/** Copies the middle `width` × `height` pixels; an odd remainder leaves one more pixel right and below. */
export function cropCentre(picture: Picture, width: number, height: number): Picture {
  checkPicture(picture);
  if (!(width >= 1 && width <= picture.width && height >= 1 && height <= picture.height)) {
    throw new TripartiteError(
      'BAD_IMAGE',
      `picture is ${picture.width}×${picture.height}; a crop of ${width}×${height} does not fit in it`,
    );
  }
  const left = Math.floor((picture.width - width) / 2);
  const top = Math.floor((picture.height - height) / 2);
  return cropAt(picture, left, top, width, height);
}

/** Copies the `width` × `height` pixels whose first is at (`left`, `top`); they must lie in the picture. */
export function cropAt(
  picture: Picture,
  left: number,
  top: number,
  width: number,
  height: number,
): Picture {
  const { channels } = picture;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const at = ((top + y) * picture.width + left) * channels;
    data.set(picture.data.subarray(at, at + width * channels), y * width * channels);
  }
  return { width, height, channels, data };
}

/** Copies the largest square in the middle of `picture`, its offset rounded down. */
export function cropCentreSquare(picture: Picture): Picture {
  const side = Math.min(picture.width, picture.height);
  return cropCentre(picture, side, side);
}

/** Copies the negative of `picture`; alpha stays. */
export function invert(picture: Picture): Picture {
  checkPicture(picture);
  const { width, height, channels } = picture;
  const data = Uint8Array.from(picture.data, (level, i) =>
    channels === 4 && i % 4 === 3 ? level : 255 - level,
  );
  return { width, height, channels, data };
}

/**
 * True where the outermost ring of pixels is light (mean grey above 127): a dark digit on white paper,
 * where digit models were trained on light strokes on black.
 */
export function looksInverted(picture: Picture): boolean {
  const { width, height, data } = toGrey(picture);
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(width - 1, 1);
    for (let x = 0; x < width; x += step) {
      sum += data[y * width + x] as number;
      count++;
    }
  }
  return sum > 127 * count;
}
