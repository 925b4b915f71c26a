import { displayWidth, styled, type Terminal } from './terminal.js';

/** One column of a table. */
export interface Column {
  /** Name and unit; `\n` breaks it into lines. */
  readonly header: string;
  /** Numbers stand right, words left. */
  readonly align: 'left' | 'right';
  /** On a terminal too narrow for all, columns with the highest number go first; 0 always stays. */
  readonly dispensable?: number;
}

/**
 * A table in light box-drawing lines, as wide as its content. On a terminal that is too narrow columns are
 * left out and named below it; where even that is not enough, words are cut with an ellipsis.
 */
export function drawTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  terminal: Terminal,
): string {
  const kept = fittingColumns(columns, rows, terminal.columns);
  const cells = rows.map((row) => kept.map((index) => row[index] ?? ''));
  const shown = kept.flatMap((index) => columns[index] ?? []);
  const widths = shrinkWords(shown, widthsOf(shown, cells), terminal.columns);
  const headers = shown.map(({ header }) => header.split('\n'));
  const height = Math.max(...headers.map((lines) => lines.length));
  const lines = [rule('┌', '┬', '┐', widths)];
  for (let line = 0; line < height; line++) {
    const words = headers.map((header) => header[line] ?? '');
    lines.push(drawRow(words, shown, widths, (cell) => styled(cell, 'bold', terminal)));
  }
  lines.push(rule('├', '┼', '┤', widths));
  for (const row of cells) lines.push(drawRow(row, shown, widths, (cell) => cell));
  lines.push(rule('└', '┴', '┘', widths));
  const missing = columns.filter((_, index) => !kept.includes(index));
  if (missing.length > 0) {
    const names = missing.map(({ header }) => header.replace('\n', ' ')).join('; ');
    lines.push(`Not shown for want of room: ${names}.`);
  }
  return lines.join('\n');
}

function fittingColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  room: number,
): number[] {
  const all = columns.map((_, index) => index);
  const widths = widthsOf(columns, rows);
  let kept = all;
  for (;;) {
    const width = kept.reduce((sum, index) => sum + (widths[index] ?? 0) + 3, 1);
    const most = Math.max(...kept.map((index) => columns[index]?.dispensable ?? 0));
    if (width <= room || most === 0) return kept;
    kept = kept.filter((index) => (columns[index]?.dispensable ?? 0) < most);
  }
}

function widthsOf(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map(({ header }, index) =>
    Math.max(
      ...header.split('\n').map(displayWidth),
      ...rows.map((row) => displayWidth(row[index] ?? '')),
    ),
  );
}

/** Narrows the columns of words, the widest first, down to eight columns each. */
function shrinkWords(columns: readonly Column[], widths: number[], room: number): number[] {
  const narrowed = [...widths];
  for (;;) {
    const width = narrowed.reduce((sum, each) => sum + each + 3, 1);
    const words = narrowed.map((each, index) => (columns[index]?.align === 'left' ? each : 0));
    const widest = Math.max(...words);
    if (width <= room || widest <= 8) return narrowed;
    narrowed[words.indexOf(widest)] = Math.max(8, widest - (width - room));
  }
}

function drawRow(
  cells: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
  style: (cell: string) => string,
): string {
  const padded = widths.map((width, index) => {
    const cell = cut(cells[index] ?? '', width);
    const blank = ' '.repeat(width - displayWidth(cell));
    return columns[index]?.align === 'right' ? blank + style(cell) : style(cell) + blank;
  });
  return `│ ${padded.join(' │ ')} │`;
}

function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let short = '';
  for (const letter of text) {
    if (displayWidth(short + letter) > width - 1) break;
    short += letter;
  }
  return `${short}…`;
}

function rule(left: string, middle: string, right: string, widths: readonly number[]): string {
  return left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right;
}
