import {
  type ComparisonPictures,
  differenceColours,
  encodeMatrix,
  encodePicture,
  formatFixed,
  formatNumber,
  type Picture,
  type PictureOutput,
  pngAddress,
} from '@tripartite/sdk/figure';
import { html, type Markup } from './markup.js';

/** Mean over the colours of twin − softmax for each pixel, grey levels. */
export function pictureDifference(softmax: Picture, twin: Picture): Float32Array {
  const colours = Math.min(3, softmax.channels);
  return Float32Array.from({ length: softmax.width * softmax.height }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < colours; c++) {
      sum +=
        (twin.data[i * twin.channels + c] ?? 0) - (softmax.data[i * softmax.channels + c] ?? 0);
    }
    return sum / colours;
  });
}

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

function image(picture: Picture, attributes: Markup): Markup {
  const { width, height } = picture;
  return html`<image ${attributes} width="${width}" height="${height}" style="image-rendering:pixelated" href="${pngAddress(encodePicture(picture))}"/>`;
}

/** The original of an item, once; all that shows it refers to `id`. */
export function originalPicture(original: Picture, id: string): Markup {
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="store" width="0" height="0" aria-hidden="true"><defs>${image(original, html`id="${id}"`)}</defs></svg>`;
}

/** Original, half hidden, both paintings and their difference, with PSNR (dB, hidden patches) under each. */
export function paintings(
  pictures: ComparisonPictures,
  output: PictureOutput,
  id: string,
): Markup | null {
  const { original, masked, softmax, twin } = pictures;
  if (!masked || !softmax || !twin) return null;
  const difference = pictureDifference(softmax, twin);
  const limit = difference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const map = differenceColours(limit, (value) => formatNumber(value, 2));
  const signed = encodeMatrix(difference, softmax.height, softmax.width, map);
  const dB = (value: number) => `${formatFixed(value, 1)} dB`;
  const figure = (title: string, note: string, content: Markup) =>
    html`<figure><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${original.width} ${original.height}" role="img" aria-label="${title}">${content}</svg><figcaption><b>${title}</b><span>${note}</span></figcaption></figure>
`;
  const base = html`<use href="#${id}"/>`;
  const over = (picture: Picture) => html`${base}${image(pictureOver(original, picture), html``)}`;
  return html`<div class="paintings">
${figure('Photograph', 'what is true', base)}${figure('Transformer', `PSNR ${dB(output.psnr)}`, over(softmax))}${figure('Twin', `PSNR ${dB(output.psnrTwin)}`, over(twin))}${figure('Half hidden', 'what both models see', over(masked))}${figure(
  'Twin − transformer',
  `PSNR ${dB(output.agreement)} between the two; orange brighter, blue darker, up to ${formatNumber(limit, 2)} of 255`,
  html`<image width="${original.width}" height="${original.height}" style="image-rendering:pixelated" href="${pngAddress(signed)}"/>`,
)}</div>`;
}
