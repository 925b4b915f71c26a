import type { Picture } from './picture.js';

/** Copies a picture with left and right exchanged. */
export function mirror({ width, height, channels, data }: Picture): Picture {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      out.set(data.subarray(from, from + channels), (y * width + width - 1 - x) * channels);
    }
  }
  return { width, height, channels, data: out };
}

/** Copies a picture `right` pixels to the right and `down` pixels down; what comes in has the border's mean level. */
export function shift(picture: Picture, right: number, down: number): Picture {
  const { width, height, channels, data } = picture;
  const ground = borderLevels(picture);
  const out = new Uint8Array(data.length);
  for (let at = 0; at < out.length; at++) {
    const pixel = Math.floor(at / channels);
    const x = (pixel % width) - right;
    const y = Math.floor(pixel / width) - down;
    const inside = x >= 0 && x < width && y >= 0 && y < height;
    const channel = at % channels;
    out[at] = (inside ? data[(y * width + x) * channels + channel] : ground[channel]) as number;
  }
  return { width, height, channels, data: out };
}

/** Mean level of the outermost ring of pixels, by channel, rounded. */
function borderLevels({ width, height, channels, data }: Picture): number[] {
  const sums = new Array<number>(channels).fill(0);
  let count = 0;
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(width - 1, 1);
    for (let x = 0; x < width; x += step) {
      for (let c = 0; c < channels; c++) {
        sums[c] = (sums[c] as number) + (data[(y * width + x) * channels + c] as number);
      }
      count++;
    }
  }
  return sums.map((sum) => Math.round(sum / count));
}
