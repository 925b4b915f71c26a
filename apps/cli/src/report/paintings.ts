import {
  type ComparisonPictures,
  differenceAddress,
  differenceColours,
  encodeMatrix,
  formatFixed,
  formatNumber,
  type Painting,
  type PictureOutput,
  paintingNote,
  paintingsOf,
  pictureDifference,
  pngAddress,
  type SideBySideTwin,
} from '@tripartite/sdk/figure';
import { html, type Markup } from './markup.js';
import type { PictureStore } from './picture-store.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

function drawing({ width, height }: Size, title: string, content: Markup): Markup {
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${content}</svg>`;
}

/** A difference, clear where it is 0, at the size of the pictures. */
function shaded({ width, height }: Size, address: string): Markup {
  return html`<image width="${width}" height="${height}" style="image-rendering:pixelated" href="${address}"/>`;
}

/** Original, half hidden, both paintings and their difference, with PSNR (dB, hidden patches) under each. */
export function paintings(
  pictures: ComparisonPictures,
  output: PictureOutput,
  store: PictureStore,
): Markup | null {
  const { original, masked, softmax, twin } = pictures;
  if (!masked || !softmax || !twin) return null;
  const difference = pictureDifference(softmax, twin);
  const limit = difference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const map = differenceColours(limit, (value) => formatNumber(value, 2));
  const signed = encodeMatrix(difference, softmax.height, softmax.width, map);
  const dB = (value: number) => `${formatFixed(value, 1)} dB`;
  const figure = (title: string, note: string, content: Markup) =>
    html`<figure>${drawing(original, title, content)}<figcaption><b>${title}</b><span>${note}</span></figcaption></figure>
`;
  return html`<div class="paintings">
${figure('Photograph', 'what is true', store.show(original))}${figure('Transformer', `PSNR ${dB(output.psnr)}`, store.show(softmax))}${figure('Twin', `PSNR ${dB(output.psnrTwin)}`, store.show(twin))}${figure('Half hidden', 'what both models see', store.show(masked))}${figure(
  'Twin − transformer',
  `PSNR ${dB(output.agreement)} between the two; orange brighter, blue darker, up to ${formatNumber(limit, 2)} of 255`,
  shaded(original, pngAddress(signed)),
)}</div>`;
}

/**
 * The paintings of hidden layers side by side, the transformer's first, each above its difference from it; null where
 * nothing was painted.
 */
export function paintingsBeside(
  twins: readonly SideBySideTwin[],
  store: PictureStore,
): Markup | null {
  const found = paintingsOf(twins);
  if (!found) return null;
  const figure = (painting: Painting) => {
    const { picture, name, side } = painting;
    const address = differenceAddress(painting, found);
    const below = address
      ? drawing(
          picture,
          `${name}, difference from the transformer’s painting`,
          shaded(picture, address),
        )
      : html`<p class="note">Difference from the transformer’s painting: orange brighter, blue darker, up to ${formatNumber(found.limit, 2)} of 255 grey levels.</p>`;
    return html`<figure class="${side}"><figcaption><b>${name}</b><span>${paintingNote(painting)}</span></figcaption>${drawing(picture, `${name}, painting`, store.show(picture))}${below}</figure>
`;
  };
  return html`<div class="strip">
${found.list.map(figure)}</div>`;
}
