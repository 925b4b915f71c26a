import { exp } from '@tripartite/sdk';
import {
  chooseHeads,
  cssColour,
  type DetailedComparison,
  formatNumber,
  type HeadDetail,
  headName,
  layerName,
  logRatios,
  printable,
  type ShadingScale,
  shadingScale,
  tokenPatches,
} from '@tripartite/sdk/figure';
import { html, type Markup, trusted } from './markup.js';

/** One character a level, so that all heads of an input travel in a few kilobytes. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** No token here. */
const none = '-';
/** The response is not positive. */
const notPositive = '!';

/**
 * Shading of each place, a character a place: level 0 … 40 of ln(c_t / normaliser_t) as a letter. Places are
 * tokens for text; for patches all patches row by row, then the class token.
 */
export function shadingLevels(
  detail: HeadDetail,
  scale: ShadingScale,
  patches: readonly number[] | null,
  grid: number,
): string {
  const levels = [...logRatios(detail)].map((ratio) =>
    Number.isNaN(ratio) ? notPositive : (alphabet[scale.index(ratio)] ?? none),
  );
  if (!patches) return levels.join('');
  const places = Array<string>(grid * grid + 1).fill(none);
  patches.forEach((patch, token) => {
    places[patch < 0 ? grid * grid : patch] = levels[token] ?? none;
  });
  return places.join('');
}

/** Response ÷ normaliser in the middle of each level, in words for a tooltip. */
export function ratioWords({ colours, levels, limit }: ShadingScale): string[] {
  return colours.map((_, i) => exp(((i - levels) / levels) * limit).toPrecision(2));
}

/** Style rules of the levels: class `k` and the level's letter; `k0` no token, `k1` not positive. */
export function shadingStyle(): string {
  const { colours } = shadingScale([]);
  const rules = colours.map((colour, i) => {
    const css = cssColour(colour);
    return `.k${alphabet[i]}{background:${css};fill:${css}}`;
  });
  return `${rules.join('')}.k1{background:#000c;fill:#000c;color:#fff}.k0{background:none;fill:none}`;
}

function levelClass(level: string): string {
  return level === none ? 'k0' : level === notPositive ? 'k1' : `k${level}`;
}

function shadedText(pieces: readonly string[], levels: string): Markup {
  const spans = pieces.map((piece, t) => {
    const word = piece.startsWith('▁') ? piece.slice(1) : piece;
    const space = piece.startsWith('▁') && t > 0 ? ' ' : '';
    const text = printable(word.replaceAll('▁', ' '));
    return html`${space}<span class="place ${levelClass(levels[t] ?? none)}">${text || '␣'}</span>`;
  });
  return html`<p class="tokens">${spans}</p>`;
}

/** The picture (stored under `id`, drawn in grey) beneath its patches. */
function shadedPicture(
  { details }: DetailedComparison,
  grid: number,
  levels: string,
  id: string,
): Markup | null {
  const picture = details.pictures?.original;
  if (!picture) return null;
  const patches = Array.from({ length: grid * grid }, (_, i) => {
    return html`<rect class="place ${levelClass(levels[i] ?? none)}" x="${i % grid}" y="${Math.floor(i / grid)}" width="1" height="1"/>`;
  });
  const classLevel = levels[grid * grid] ?? none;
  return html`<div class="patches"><div class="layers"><svg xmlns="http://www.w3.org/2000/svg" class="grey" viewBox="0 0 ${picture.width} ${picture.height}" aria-hidden="true"><use href="#${id}"/></svg><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${grid} ${grid}" role="img" aria-label="The picture, its patches shaded">${patches}</svg></div>
${classLevel !== none && html`<p class="note">Class token, which stands for the whole picture: <span class="place chip ${levelClass(classLevel)}"></span></p>`}</div>`;
}

function legend(scale: ShadingScale): Markup {
  return html`<div class="scale" aria-hidden="true"><span>÷${scale.factor}</span><i></i><span>×${scale.factor}</span></div>`;
}

/**
 * The text or picture with each token shaded by the astrocyte's response against the normaliser, and a choice of
 * head that works by a few lines of script; without script the median head is shown. `id`: the stored original.
 */
export function shadingSection(comparison: DetailedComparison, id: string): Markup | null {
  const { details, heads } = comparison;
  const chosen = chooseHeads(heads, details.heads);
  const first = (chosen.find(({ role }) => role === 'median') ?? chosen[0])?.detail;
  if (!first) return null;
  const scale = shadingScale(details.heads);
  const labels = details.tokens;
  const grid = labels.type === 'patches' ? labels.grid : 0;
  const levels = (detail: HeadDetail) =>
    shadingLevels(detail, scale, tokenPatches(labels, detail.stack), grid);
  const twoStacks = heads.some(({ stack }) => stack === 'decoder');
  const options = details.heads.map((detail) => {
    const numbers = heads.find((h) => h.layer === detail.layer && h.head === detail.head);
    const error = formatNumber(numbers?.outputError ?? null, 2);
    const name = `${headName(detail)} (${layerName(detail, twoStacks)}, head ${detail.head}), output error ${error}`;
    return html`<option data-levels="${levels(detail)}"${detail === first && trusted(' selected')}>${name}</option>`;
  });
  const shown =
    labels.type === 'text'
      ? shadedText(labels.pieces, levels(first))
      : shadedPicture(comparison, grid, levels(first), id);
  const subject = labels.type === 'text' ? 'each token' : 'each patch';
  return html`<section><h3>Where the astrocyte agrees</h3>
<div class="shading" data-ratios="${ratioWords(scale).join(' ')}">
<div class="controls"><label>Head <select disabled>${options}</select></label>${legend(scale)}</div>
${shown}
<p class="caption">The colour of ${subject} compares the astrocyte’s calcium response with the number softmax divides by, on a logarithmic scale: clear where equal, <b class="orange">orange</b> where the response is too large, <b class="blue">blue</b> where too small${labels.type === 'patches' && ', plain grey where the layer has no token'}. One even tint all over does no harm: a common factor cancels.</p>
</div></section>`;
}
