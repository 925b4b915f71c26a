import { encodePicture, type Picture, pngAddress } from '@tripartite/sdk/figure';
import { html, type Markup } from './markup.js';

/**
 * What a picture has beside another: its pixels where they differ, clear elsewhere. Laid over the other it gives
 * the picture back, in half the bytes where half of the patches are the same.
 */
export function pictureOver(base: Picture, picture: Picture): Picture {
  const pixels = picture.width * picture.height;
  const data = new Uint8Array(pixels * 4);
  const value = ({ channels, data: from }: Picture, i: number, c: number) =>
    from[i * channels + (channels === 1 ? 0 : c)] ?? 0;
  for (let i = 0; i < pixels; i++) {
    const same = [0, 1, 2].every((c) => value(base, i, c) === value(picture, i, c));
    if (same) continue;
    for (let c = 0; c < 3; c++) data[i * 4 + c] = value(picture, i, c);
    data[i * 4 + 3] = 255;
  }
  return { width: picture.width, height: picture.height, channels: 4, data };
}

/** Pictures of one item, each in the page once however often it is shown. */
export interface PictureStore {
  /** Shows the original, or a picture laid over it. */
  show(picture: Picture): Markup;
  /** The pictures themselves, unseen; to be put into the page once all are shown. */
  definitions(): Markup;
}

function samePixels(a: Picture, b: Picture): boolean {
  return a.data.length === b.data.length && a.data.every((value, i) => value === b.data[i]);
}

function image(picture: Picture, id: string): Markup {
  const { width, height } = picture;
  return html`<image id="${id}" width="${width}" height="${height}" style="image-rendering:pixelated" href="${pngAddress(encodePicture(picture))}"/>`;
}

/** Keeps an item's pictures: the original under `id`, the others over it under `id` and a number. */
export function createPictureStore(original: Picture, id: string): PictureStore {
  const others: Picture[] = [];
  return {
    show(picture) {
      const base = html`<use href="#${id}"/>`;
      if (samePixels(original, picture)) return base;
      let at = others.findIndex((other) => samePixels(other, picture));
      if (at < 0) at = others.push(picture) - 1;
      return html`${base}<use href="#${id}-${at + 1}"/>`;
    },
    definitions() {
      const over = others.map((picture, at) => {
        return image(pictureOver(original, picture), `${id}-${at + 1}`);
      });
      return html`<svg xmlns="http://www.w3.org/2000/svg" class="store" width="0" height="0" aria-hidden="true"><defs>${image(original, id)}${over}</defs></svg>`;
    },
  };
}
