import { summarise, verdict } from '@tripartite/sdk';
import type { ComparedItem } from '../compare-all.js';
import { drawHeads, drawItems, drawOutput } from './comparison-tables.js';
import { count } from './number.js';
import { styled, type Terminal, textWidth, wrap } from './terminal.js';

/** The tables of comparisons by one model, their verdict first. */
export function formatTables(items: readonly ComparedItem[], terminal: Terminal): string {
  const comparisons = items.map(({ comparison }) => comparison);
  const [first] = comparisons;
  if (first === undefined) return '';
  const verdictLine = styled(wrap(verdict(comparisons), textWidth(terminal)), 'bold', terminal);
  if (items.length === 1) {
    return [verdictLine, drawOutput(first, terminal), drawHeads(first.heads, terminal)].join('\n');
  }
  const names = items.map(({ input }) => input.name);
  const mean = summarise(comparisons);
  return [
    verdictLine,
    drawItems(names, comparisons, mean.output, terminal),
    `Heads, means over ${count(items.length, 'input')}:`,
    drawHeads(mean.heads, terminal),
  ].join('\n');
}
