import {
  chooseHeads,
  type DetailedComparison,
  formatNumber,
  type HeadComparison,
  headName,
} from '@tripartite/sdk/figure';
import { html, type Markup } from './markup.js';

interface Column {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
  readonly text: (head: HeadComparison) => string;
}

const columns: readonly Column[] = [
  {
    name: 'Output error',
    unit: 'no unit',
    meaning: '‖ŷ − y‖ / ‖y‖: how far the head’s answer is from softmax’s. 0 is no error.',
    text: (head) => formatNumber(head.outputError),
  },
  {
    name: 'Centred error',
    unit: 'no unit',
    meaning:
      '‖ŷ − y‖ / ‖y − v̄‖ with v̄ the mean value: 1 means no better than attending to every token alike.',
    text: (head) => formatNumber(head.centredOutputError),
  },
  {
    name: 'Correlation',
    unit: 'no unit',
    meaning: 'Pearson correlation over tokens of response and normaliser. 1 is best.',
    text: (head) => formatNumber(head.responseCorrelation),
  },
  {
    name: 'Log correlation',
    unit: 'no unit',
    meaning: 'The same of their logarithms.',
    text: (head) => formatNumber(head.logResponseCorrelation),
  },
  {
    name: 'Response error',
    unit: 'no unit',
    meaning: 'Median over tokens of |c / normaliser − 1|. 0 is no error.',
    text: (head) => formatNumber(head.responseError),
  },
  {
    name: 'Divergence',
    unit: 'nats',
    meaning:
      'Mean Kullback–Leibler divergence from softmax’s attention to the network’s. 0 is the same attention.',
    text: (head) => formatNumber(head.attentionKl),
  },
];

/** Numbers of every head, each on the transformer's own q, k, v; definitions beneath. */
export function headTable(comparison: DetailedComparison): Markup {
  const { heads, details } = comparison;
  const roles = new Map(
    chooseHeads(heads, details.heads).map(({ role, detail }) => [headName(detail), role]),
  );
  const twoStacks = heads.some(({ stack }) => stack === 'decoder');
  const partly = heads.some(({ swapped }) => !swapped);
  const signed = heads.some(({ nonPositiveResponses }) => nonPositiveResponses > 0);
  const most = Math.max(...heads.map(({ outputError }) => outputError)) || 1;
  const rows = heads.map((head) => {
    const role = roles.get(headName(head));
    const share = Math.round((100 * head.outputError) / most);
    const cells = columns.map(({ text }, i) =>
      i === 0
        ? html`<td style="--share:${share}%" class="bar">${text(head)}</td>`
        : html`<td>${text(head)}</td>`,
    );
    return html`<tr><th scope="row">${headName(head)}${role && html` <em>${role}</em>`}</th>${twoStacks && html`<td>${head.stack}</td>`}${partly && html`<td>${head.swapped ? 'yes' : 'no'}</td>`}${cells}${signed && html`<td>${head.nonPositiveResponses}</td>`}</tr>
`;
  });
  return html`<section><h3>Every head</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Table of heads"><table><thead><tr><th scope="col">Head<small>layer.head</small></th>${twoStacks && html`<th scope="col">Stack</th>`}${partly && html`<th scope="col">Replaced</th>`}${columns.map(({ name, unit }) => html`<th scope="col">${name}<small>${unit}</small></th>`)}${signed && html`<th scope="col">c ≤ 0<small>tokens</small></th>`}</tr></thead><tbody>
${rows}</tbody></table></div>
<details class="plain"><summary>What the columns mean</summary><p>Each head is measured alone, on the transformer’s own queries, keys and values, so that no error flows in from other heads. Layers and heads are counted from 0. A dash: the measure has no meaning there.</p><dl>${columns.map(({ name, meaning }) => html`<dt>${name}</dt><dd>${meaning}</dd>`)}${signed && html`<dt>c ≤ 0</dt><dd>Tokens whose response is not positive, which only signed activations give.</dd>`}</dl></details></section>`;
}
