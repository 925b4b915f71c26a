import type { DetailedComparison } from '@tripartite/sdk/figure';
import { besideSection } from './beside-section.js';
import { headTable } from './head-table.js';
import { type FigureDetail, itemFigures } from './item-figures.js';
import { html, type Markup } from './markup.js';
import { type Fact, outputFacts } from './output-facts.js';
import { paintings } from './paintings.js';
import { createPictureStore } from './picture-store.js';
import type { ReportItem } from './report-data.js';
import { shadingSection } from './shading.js';

/** How much of an item a report shows: all figures, the most telling, or none. */
export type ItemDetail = FigureDetail | 'brief';

function setting(comparison: DetailedComparison): Fact[] {
  const { hidden, heads, tokens, seeds, details } = comparison;
  const swapped = heads.filter((head) => head.swapped).length;
  const unit = details.tokens.type === 'text' ? 'pieces of text' : 'patches and a class token';
  return [
    {
      label: 'Hidden neurons',
      value: String(hidden.neurons),
      note: ['per head', hidden.kind, hidden.sampling, hidden.shared && 'one φ']
        .filter(Boolean)
        .join(', '),
    },
    { label: 'Heads replaced', value: `${swapped} of ${heads.length}`, note: comparison.model },
    { label: 'Tokens', value: String(tokens), note: unit },
    ...(seeds.length > 1
      ? [{ label: 'Draws', value: String(seeds.length), note: '± standard deviation' }]
      : []),
  ];
}

function factTiles(comparison: DetailedComparison): Markup {
  const tile = ({ label, value, note }: Fact) =>
    html`<div><dt>${label}</dt><dd><b>${value}</b><small>${note}</small></dd></div>`;
  return html`<dl class="tiles">${outputFacts(comparison).map(tile)}${setting(comparison).map(tile)}</dl>`;
}

function notes({ tokens, tokensBeforeCut, seeds, details }: DetailedComparison): Markup {
  const cut = tokensBeforeCut - tokens;
  return html`${cut > 0 && html`<p class="note">The input has ${tokensBeforeCut} tokens; the model takes ${tokens}. The last ${cut} were cut off and are not in any number here.</p>`}${
    details.pictures?.inverted &&
    html`<p class="note">A dark digit on white paper: the picture was inverted first, as the model knows light digits on black.</p>`
  }${seeds.length > 1 && html`<p class="note">Numbers are means over ${seeds.length} draws; pictures, shading, responses and attention maps show the first, seed ${seeds[0] ?? 0}.</p>`}`;
}

/** What an item shows in any detail; made once, since pictures cost time. */
export interface ItemFrame {
  readonly item: ReportItem;
  /** Its pictures, to be shown by reference, and hidden layers side by side. */
  readonly lead: Markup;
  readonly opening: Markup;
  readonly shading: Markup | null;
  readonly table: Markup;
}

/** Prepares an item; `position` counts from 0 and makes its names unique in the page. */
export function itemFrame(item: ReportItem, position: number): ItemFrame {
  const { comparison, beside = [] } = item;
  const { output, details } = comparison;
  const id = `picture-${position + 1}`;
  const { pictures } = details;
  const store = pictures && createPictureStore(pictures.original, id);
  const painted =
    output.type === 'picture' && pictures && store ? paintings(pictures, output, store) : null;
  const sideBySide = besideSection(beside, store);
  return {
    item,
    lead: html`${store?.definitions()}${sideBySide}`,
    opening: html`${painted}
${factTiles(comparison)}
${notes(comparison)}`,
    shading: shadingSection(comparison, id),
    table: headTable(comparison),
  };
}

/** One input of a report after its lead: pictures, then shading, a close look at heads, curves, and the table. */
export function itemSection(
  { item, opening, shading, table }: ItemFrame,
  detail: ItemDetail,
): Markup {
  const drawn = detail === 'brief' ? null : itemFigures(item, detail);
  return html`${opening}
<div class="beside">${shading}
${drawn?.outputs && html`<section><h3>Both answers</h3>${drawn.outputs}</section>`}</div>
${
  drawn
    ? html`<section><h3>A close look at ${drawn.looks.length > 1 ? 'heads' : 'one head'}</h3>
<p class="lead">The astrocyte’s response per token beside the transformer’s normaliser, as in the paper’s figure, and where each token looks.</p>
${drawn.looks}</section>
${drawn.neurons && html`<section><h3>More neurons, less error</h3>${drawn.neurons}</section>`}
<section><h3>All heads and layers</h3>${drawn.overview}</section>`
    : html`<p class="note">Figures are left out here to keep the file small; compare this input alone to see them.</p>`
}
${table}`;
}
