import { sideBySideVerdict } from '@tripartite/sdk';
import { type Figure, type SideBySideTwin, sideBySideFigures } from '@tripartite/sdk/figure';
import { html, type Markup, trusted } from './markup.js';
import { paintingsBeside } from './paintings.js';
import type { PictureStore } from './picture-store.js';
import { inlineFigure } from './render-figure.js';

/** Widths of the bars: a screen or page, and a phone. */
const widths = [1024, 360] as const;

/** Bars laid out twice; style rules show those that fit. */
function bars([large, small]: readonly (Figure | undefined)[]): Markup | null {
  if (!large || !small) return null;
  return html`<div class="plot"><div class="wide">${trusted(inlineFigure(large))}</div><div class="narrow">${trusted(inlineFigure(small))}</div></div>`;
}

/** Hidden layers of equally many neurons on one input: what they come to in a sentence, and their figure. */
export function besideSection(
  twins: readonly SideBySideTwin[],
  store: PictureStore | undefined,
): Markup | null {
  const drawn = widths.map((width) => sideBySideFigures(twins, { width })[0]);
  const [figure] = drawn;
  if (!figure) return null;
  const painted = store ? paintingsBeside(twins, store) : null;
  return html`<section class="side-by-side"><h3>${figure.title}</h3>
<p class="finding">${sideBySideVerdict([twins])}</p>
<figure>${painted ?? bars(drawn)}<figcaption>${figure.caption}</figcaption></figure></section>`;
}
