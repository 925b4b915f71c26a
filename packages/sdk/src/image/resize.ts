import { TripartiteError } from '../errors.js';
import { checkPicture, MAX_PIXELS } from './check.js';
import type { Picture } from './picture.js';

/** Interpolation kernels of `resizePicture`, by Pillow's names. */
export type ResizeFilter = 'bilinear' | 'bicubic';

interface Kernel {
  /** Half-width in source pixels when enlarging. */
  readonly support: number;
  readonly weight: (x: number) => number;
}

const kernels: Readonly<Record<ResizeFilter, Kernel>> = {
  bilinear: { support: 1, weight: (x) => (Math.abs(x) < 1 ? 1 - Math.abs(x) : 0) },
  bicubic: { support: 2, weight: bicubic },
};

// Keys 1981, equation 4, with a = −1/2, as Pillow evaluates it: the order of operations matters.
function bicubic(x: number): number {
  const a = -0.5;
  const r = Math.abs(x);
  if (r < 1) return ((a + 2) * r - (a + 3)) * r * r + 1;
  if (r < 2) return (((r - 5) * r + 8) * r - 4) * a;
  return 0;
}

// Weights are whole multiples of 2⁻²²: 8 bits of pixel, 2 bits of headroom, 32 bits in all (Pillow,
// Resample.c, PRECISION_BITS).
const WEIGHT_BITS = 22;
const HALF = 1 << (WEIGHT_BITS - 1);

/** For each output pixel: first source pixel, number of source pixels, and their weights. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** (output, stride) */
  readonly weights: Int32Array;
  readonly stride: number;
}

/**
 * Copies `picture` to `width` × `height` pixels, antialiased: the same bytes as Pillow's
 * `Image.resize((width, height), BILINEAR | BICUBIC)`, whose kernel is stretched by the shrink factor and
 * whose horizontal pass is rounded to 8 bits before the vertical one. Grey and RGB only: compose alpha
 * first (`toRgb`). Throws `BAD_IMAGE` for a broken picture or one with alpha, `BAD_INPUT` for a bad size.
 */
export function resizePicture(
  picture: Picture,
  width: number,
  height: number,
  filter: ResizeFilter,
): Picture {
  checkPicture(picture);
  if (picture.channels === 4) {
    throw new TripartiteError(
      'BAD_IMAGE',
      'picture to resize has 4 channels; 1 or 3 are allowed, compose alpha first',
    );
  }
  const whole = Number.isSafeInteger(width) && Number.isSafeInteger(height);
  // The horizontal pass keeps the old height, so it too has to stay in bounds.
  const largest = width * Math.max(height, picture.height);
  if (!whole || width < 1 || height < 1 || largest > MAX_PIXELS) {
    throw new TripartiteError(
      'BAD_INPUT',
      `size to resize ${picture.width}×${picture.height} to is ${width}×${height}; whole numbers from 1, in both passes within ${MAX_PIXELS / 1e6} megapixels, are allowed`,
    );
  }
  const kernel = kernels[filter];
  const wide =
    width === picture.width ? picture : resizeRows(picture, findTaps(picture.width, width, kernel));
  const data =
    height === picture.height
      ? new Uint8Array(wide.data)
      : resizeColumns(wide, findTaps(picture.height, height, kernel));
  return { width, height, channels: picture.channels, data };
}

function findTaps(from: number, to: number, kernel: Kernel): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = kernel.support * stretch;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - support + 0.5), 0);
    const n = Math.min(Math.trunc(centre + support + 0.5), from) - start;
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const w = kernel.weight((j + start - centre + 0.5) * (1 / stretch));
      exact[j] = w;
      sum += w;
    }
    for (let j = 0; j < n; j++) {
      const w = ((exact[j] as number) / sum) * (1 << WEIGHT_BITS);
      weights[i * stride + j] = Math.trunc(w < 0 ? w - 0.5 : w + 0.5);
    }
    first[i] = start;
    count[i] = n;
  }
  return { first, count, weights, stride };
}

function resizeRows(picture: Picture, taps: Taps): Picture {
  const { height, channels, data } = picture;
  const width = taps.first.length;
  const out = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const row = y * picture.width * channels;
    for (let x = 0; x < width; x++) {
      const source = row + (taps.first[x] as number) * channels;
      for (let c = 0; c < channels; c++) {
        out[(y * width + x) * channels + c] = weigh(data, source + c, channels, taps, x);
      }
    }
  }
  return { width, height, channels, data: out };
}

function resizeColumns(picture: Picture, taps: Taps): Uint8Array {
  const height = taps.first.length;
  const row = picture.width * picture.channels;
  const out = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) {
    const source = (taps.first[y] as number) * row;
    for (let x = 0; x < row; x++) {
      out[y * row + x] = weigh(picture.data, source + x, row, taps, y);
    }
  }
  return out;
}

// One output value: Σ weight × pixel over pixels `step` apart, rounded, clipped to 0–255.
function weigh(data: Picture['data'], at: number, step: number, taps: Taps, i: number): number {
  const offset = i * taps.stride;
  const n = taps.count[i] as number;
  let sum = HALF;
  for (let j = 0; j < n; j++) {
    sum += (data[at + j * step] as number) * (taps.weights[offset + j] as number);
  }
  return Math.min(Math.max(sum >> WEIGHT_BITS, 0), 255);
}
