import { duration, type MeasuredRow, percent } from '../rows.js';

/** Ends of the scale of ratios, as powers of two: a quarter to sixteen times. */
const scale = { from: -2, to: 4 };

/** The rows of one contest as a table body: ours once, then a line for each peer. */
export function contestBody(rows: readonly MeasuredRow[]): HTMLTableSectionElement {
  const body = document.createElement('tbody');
  for (const [at, { row, oursSpread, peerSpread }] of rows.entries()) {
    const line = body.insertRow();
    if (at === 0) {
      const shared = [
        cell(row.name, 'work'),
        cell(row.shape, 'shape'),
        cell(String(row.threads), 'number'),
        cell(duration(row.ours), 'number'),
        cell(percent(oursSpread), 'spread'),
      ];
      for (const one of shared) one.rowSpan = rows.length;
      line.append(...shared);
    }
    line.append(
      cell(row.peerName, 'peer'),
      cell(duration(row.peer), 'number'),
      cell(percent(peerSpread), 'spread'),
      ...ratioCells(row),
    );
  }
  return body;
}

/** An entry that could not be measured. */
export function failureBody(name: string, message: string): HTMLTableSectionElement {
  const body = document.createElement('tbody');
  const reason = cell(message, 'failure');
  reason.colSpan = 9;
  body.insertRow().append(cell(name, 'work'), reason);
  return body;
}

/** The ratio and its bar, from 1 to the right where ours is faster; of the roofline, the share of the peak. */
function ratioCells({ name, ratio }: MeasuredRow['row']): HTMLTableCellElement[] {
  if (name.startsWith('roofline')) {
    const share = cell(`${(ratio * 100).toFixed(0)} %`, 'number');
    return [share, cell('of the peak', 'note')];
  }
  const bar = document.createElement('span');
  const place = placeOf(ratio);
  const one = placeOf(1);
  bar.className = ratio < 1 ? 'bar slower' : 'bar faster';
  bar.style.left = `${Math.min(place, one)}%`;
  bar.style.width = `${Math.abs(place - one)}%`;
  const holder = cell('', 'scale');
  holder.append(bar);
  return [cell(ratio.toFixed(2), 'number'), holder];
}

/** Percent of the scale's width. */
function placeOf(ratio: number): number {
  const power = Math.min(Math.max(Math.log2(ratio), scale.from), scale.to);
  return ((power - scale.from) / (scale.to - scale.from)) * 100;
}

function cell(text: string, className: string): HTMLTableCellElement {
  const made = document.createElement('td');
  made.className = className;
  made.textContent = text;
  return made;
}
