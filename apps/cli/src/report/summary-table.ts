import { html, type Markup } from './markup.js';
import { outputFacts } from './output-facts.js';
import type { ReportItem } from './report-data.js';

/** Rows that a report lists; further inputs are counted. */
const mostRows = 500;

/**
 * One row an input, one table a model: its measures, and a link to the details where the report has them
 * (`detailed`, by position).
 */
export function summaryTable(items: readonly ReportItem[], detailed: readonly boolean[]): Markup {
  const models = [...new Set(items.map(({ comparison }) => comparison.model))];
  const numbered = items.map((item, i) => ({ item, i })).slice(0, mostRows);
  const tables = models.map((model) => {
    const own = numbered.filter(({ item }) => item.comparison.model === model);
    const head = own[0] ? outputFacts(own[0].item.comparison) : [];
    const rows = own.map(({ item, i }) => {
      const cells = outputFacts(item.comparison).map(({ value }) => html`<td>${value}</td>`);
      const name = detailed[i] ? html`<a href="#input-${i + 1}">${item.name}</a>` : item.name;
      return html`<tr><th scope="row" class="name">${name}</th>${cells}</tr>
`;
    });
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Summary, ${model}"><table><thead><tr><th scope="col">Input<small>${model}</small></th>${head.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead><tbody>
${rows}</tbody></table></div>`;
  });
  const left = items.length - numbered.length;
  return html`<section><h2>All inputs</h2>${tables}${left > 0 && html`<p class="note">${left} more inputs are not listed.</p>`}</section>`;
}
