import { type SideBySideTwin, sideBySideVerdict, summarise } from '@tripartite/sdk';
import { hiddenWords } from '@tripartite/sdk/figure';
import { breakInTwo, measures, numberOf } from './comparison-tables.js';
import { formatNumber } from './number.js';
import { type Column, drawTable } from './table.js';
import { type Terminal, textWidth, wrap } from './terminal.js';

/**
 * Hidden layers of equally many neurons, a row each, means over inputs where there are several; what they come to in
 * a sentence above. Every input has the same layers in the same order.
 */
export function formatBeside(
  inputs: readonly (readonly SideBySideTwin[])[],
  terminal: Terminal,
): string {
  const [first = []] = inputs;
  const type = first[0]?.comparison.output.type ?? 'embedding';
  const columns: Column[] = [
    { header: `at ${first[0]?.comparison.hidden.neurons} hidden\nneurons per head`, align: 'left' },
    ...measures[type].map(({ words }, index) => ({
      header: breakInTwo(words),
      align: 'right' as const,
      dispensable: index > 1 ? index : 0,
    })),
  ];
  const rows = first.map(({ comparison }, at) => {
    const own = inputs.flatMap((twins) => (twins[at] ? [twins[at].comparison] : []));
    const mean = summarise(own).output;
    return [
      hiddenWords(comparison.hidden).name,
      ...measures[type].map(({ key, digits }) => formatNumber(numberOf(mean, key), digits)),
    ];
  });
  const sentence = wrap(sideBySideVerdict(inputs), textWidth(terminal));
  return `${sentence}\n${drawTable(columns, rows, terminal)}`;
}
