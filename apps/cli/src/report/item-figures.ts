import { chooseHeads, type Figure, figures, formatNumber, headName } from '@tripartite/sdk/figure';
import { html, type Markup, trusted } from './markup.js';
import { inlineFigure } from './render-figure.js';
import type { ReportItem } from './report-data.js';

/** Layouts of a figure: a screen or page, and a phone. */
const wide = 1024;
const half = 460;
const narrow = 360;

function caption(figure: Figure): Markup {
  return html`<figcaption><b>${figure.title}.</b> ${figure.caption}</figcaption>`;
}

function plain(figure: Figure): Markup {
  return html`<figure class="plot">${trusted(inlineFigure(figure))}${caption(figure)}</figure>`;
}

/** The same figure laid out twice; style rules show the one that fits. */
function twice(large: Figure, small: Figure | undefined): Markup {
  if (!small) return plain(large);
  return html`<figure class="plot"><div class="wide">${trusted(inlineFigure(large))}</div><div class="narrow">${trusted(inlineFigure(small))}</div>${caption(large)}</figure>`;
}

/** How much is drawn. */
export type FigureDetail = 'full' | 'short';

/**
 * The figures of an item by their place in the report. `short` draws the median head only, each figure once,
 * for reports of many inputs.
 */
export function itemFigures({ comparison, sweep = [] }: ReportItem, detail: FigureDetail) {
  const make = (width: number) =>
    new Map(figures(comparison, sweep, { width }).map((figure) => [figure.name, figure]));
  const byWidth = { wide: make(wide), half: make(half), narrow: make(narrow) };
  const full = detail === 'full';
  const pick = (name: string, size: 'wide' | 'half') => {
    const large = byWidth[size].get(name);
    const small = byWidth.narrow.get(name);
    if (!large || !small) return null;
    return full
      ? twice(large, small)
      : plain(size === 'wide' ? (byWidth.half.get(name) ?? large) : small);
  };
  const small = (name: string) => {
    const figure = byWidth.narrow.get(name);
    return figure ? plain(figure) : null;
  };
  const chosen = chooseHeads(comparison.heads, comparison.details.heads).filter(
    ({ role }, _i, all) => full || role === 'median' || all.length < 3,
  );
  const order = { median: 0, best: 1, worst: 2 };
  const heads = [...chosen].sort((a, b) => order[a.role] - order[b.role]);
  const looks = heads.slice(0, full ? 3 : 1).map(({ role, numbers }) => {
    const name = headName(numbers);
    const maps = ['softmax', 'network', 'difference'].map((which) =>
      small(`attention-${name}-${which}`),
    );
    return html`<div class="look"><h4>Head ${name} <span class="tag">${role}</span> <small>output error ${formatNumber(numbers.outputError)}</small></h4>
${pick(`response-${name}`, 'wide')}
<div class="columns three">${maps}</div></div>
`;
  });
  const pair = (first: string, second: string) => {
    const both = [pick(first, 'half'), pick(second, 'half')].filter((figure) => figure !== null);
    return both.length > 0 ? html`<div class="columns two">${both}</div>` : null;
  };
  return {
    looks,
    outputs: full ? pick('outputs', 'half') : null,
    neurons: pair('neurons', 'neurons-heads'),
    overview: html`<div class="columns three">${(full ? ['heads', 'drift', 'response-scatter'] : ['heads', 'drift']).map(small)}</div>`,
  };
}
