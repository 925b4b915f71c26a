import { expect, it } from 'vitest';
import { formatNumber, formatPercent } from '../src/output/number.js';
import { drawBar } from '../src/output/progress.js';
import { type Column, drawTable } from '../src/output/table.js';
import { describeTerminal, displayWidth, wrap } from '../src/output/terminal.js';

const columns: Column[] = [
  { header: 'name', align: 'left' },
  { header: 'error,\n%', align: 'right' },
  { header: 'remark', align: 'left', dispensable: 1 },
];
const rows = [
  ['a', '1.0', 'short'],
  ['脳の星', '12.5', 'a rather longer remark'],
];
const pipe = { columns: Number.POSITIVE_INFINITY, colour: false };
const escapeCode = String.fromCharCode(27);

it('draws every line of a table equally wide, wide letters counted as two columns', () => {
  const lines = drawTable(columns, rows, pipe).split('\n');
  expect(new Set(lines.map(displayWidth)).size).toBe(1);
  expect(lines.at(-2)).toBe('│ 脳の星 │   12.5 │ a rather longer remark │');
});

it('leaves dispensable columns out of a narrow terminal and names them', () => {
  const text = drawTable(columns, rows, { columns: 30, colour: false });
  expect(text).not.toContain('longer');
  expect(text).toContain('Not shown for want of room: remark.');
  for (const line of text.split('\n').slice(0, -1)) {
    expect(displayWidth(line)).toBeLessThanOrEqual(30);
  }
});

it('cuts words with an ellipsis where leaving columns out is not enough', () => {
  const long = [['a very long name indeed, too long', '1', '']];
  const text = drawTable(columns.slice(0, 2), long, { columns: 30, colour: false });
  expect(text).toContain('…');
  for (const line of text.split('\n')) expect(displayWidth(line)).toBe(30);
});

it('writes escapeCode codes for a coloured terminal only', () => {
  expect(drawTable(columns, rows, pipe)).not.toContain(escapeCode);
  expect(drawTable(columns, rows, { columns: 80, colour: true })).toContain(`${escapeCode}[1m`);
});

it('shows colour only on a terminal, while NO_COLOR is unset or empty and TERM is not dumb', () => {
  const stream = { isTTY: true, columns: 100 };
  expect(describeTerminal(stream, {})).toEqual({ columns: 100, colour: true });
  expect(describeTerminal(stream, { NO_COLOR: '' }).colour).toBe(true);
  expect(describeTerminal(stream, { NO_COLOR: '1' }).colour).toBe(false);
  expect(describeTerminal(stream, { TERM: 'dumb' }).colour).toBe(false);
  expect(describeTerminal({}, {})).toEqual(pipe);
});

it('formats numbers so that none looks like zero that is not', () => {
  expect(formatNumber(0.7123)).toBe('0.712');
  expect(formatNumber(0)).toBe('0.000');
  expect(formatNumber(0.00012)).toBe('1.2e−4');
  expect(formatNumber(-1.5)).toBe('−1.500');
  expect(formatNumber(123456)).toBe('1.2e+5');
  expect(formatNumber(null)).toBe('–');
  expect(formatNumber(Number.POSITIVE_INFINITY)).toBe('∞');
  expect(formatPercent(0.125)).toBe('12.5');
});

it('wraps text between words and leaves words whole', () => {
  expect(wrap('one two three incomprehensibilities four', 9)).toBe(
    'one two\nthree\nincomprehensibilities\nfour',
  );
});

it('keeps the progress bar within the terminal and on one line', () => {
  const bar = drawBar(0.5, 'a name\nwith a break that is much too long for it', 40);
  expect(bar).toHaveLength(39);
  expect(bar).toContain('50 %');
  expect(bar).not.toContain('\n');
  expect(drawBar(7, '', 80)).toContain('100 %');
});
