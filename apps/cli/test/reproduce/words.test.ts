import type { StudyRow, StudyTable } from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import {
  countVerdicts,
  describeSample,
  formatEstimate,
  tableCells,
} from '../../src/reproduce/cells.js';
import { formatCsv } from '../../src/reproduce/study-files.js';
import { describeTimeLeft } from '../../src/reproduce/time-left.js';

const table: StudyTable = {
  name: '',
  title: 'A table',
  labels: [
    { key: 'hidden', heading: 'hidden layer' },
    { key: 'neurons', heading: 'neurons' },
    { key: 'never', heading: 'never said' },
  ],
  values: [
    { key: 'cosine', heading: 'mean cosine', digits: 2 },
    { key: 'worst', heading: 'worst', digits: 2, dispensable: 1 },
  ],
};
const estimate = { value: 0.5, interval: [0.25, 0.75], inputs: 9, draws: 2 } as const;
const rows: StudyRow[] = [
  {
    table: '',
    labels: { hidden: 'learned, "one φ"', neurons: 256 },
    values: { cosine: estimate, worst: { value: -0.125, inputs: 9, draws: 2 } },
    expected: {
      ...{ of: 'cosine', value: 0.7, tolerance: 0.05, source: 'a table, line\n2' },
      ...{ verdict: 'differs', by: -0.2 },
    },
  },
  { table: '', labels: { hidden: 'matched', neurons: 64 }, values: { cosine: estimate } },
];

describe('tables of studies', () => {
  it('show intervals, expectations and verdicts, and no column that holds nothing', () => {
    const { columns, rows: shown } = tableCells(table, rows);
    expect(columns.map(({ header, align, dispensable }) => [header, align, dispensable])).toEqual([
      ['hidden layer', 'left', 0],
      ['neurons', 'right', 0],
      ['mean cosine', 'right', 0],
      ['worst', 'right', 1],
      ['expected', 'right', 9],
      ['verdict', 'left', 0],
    ]);
    expect(shown).toEqual([
      [
        ...['learned, "one φ"', '256', '0.50 [0.25, 0.75]', '−0.13', '0.700 ± 0.05'],
        'differs (−0.200)',
      ],
      ['matched', '64', '0.50 [0.25, 0.75]', '', '', ''],
    ]);
    expect(tableCells(table, rows.slice(1)).columns).toHaveLength(3);
  });

  it('leave an estimate out that there is not', () => {
    expect(formatEstimate(undefined, 2)).toBe('');
  });

  it('count verdicts', () => {
    expect(countVerdicts(rows)).toBe('Of 1 row with an earlier value: 1 differs.');
    expect(countVerdicts(rows.slice(1))).toContain('no verdict');
  });

  it('say how many inputs and draws there were', () => {
    expect(describeSample(rows)).toBe('Behind each interval: 9 inputs, 2 draws.');
    const more = { ...rows[1], values: { cosine: { ...estimate, inputs: 12, draws: 1 } } };
    expect(describeSample([...rows, more as StudyRow])).toBe(
      'Behind each interval: 9 to 12 inputs, 1 to 2 draws.',
    );
    const single = { ...rows[1], values: { cosine: { value: 1, inputs: 1, draws: 1 } } };
    expect(describeSample([single as StudyRow])).toBe('One input, one draw.');
  });

  it('are whole in CSV, quoted where it needs be', () => {
    const lines = formatCsv(table, rows).split('\r\n');
    expect(lines[0]).toBe(
      'hidden,neurons,never,cosine,cosine_low,cosine_high,cosine_inputs,cosine_draws,worst,expected,tolerance,difference,verdict,source',
    );
    expect(lines[1]).toBe(
      '"learned, ""one φ""",256,,0.5,0.25,0.75,9,2,-0.125,0.7,0.05,-0.2,differs,"a table, line\n2"',
    );
    expect(lines[2]).toBe('matched,64,,0.5,0.25,0.75,9,2,,,,,,');
    expect(lines).toHaveLength(4);
  });
});

describe('the time left', () => {
  it.each([
    [0.001, 1000, ''],
    [1, 1000, ''],
    [0.5, 10_000, '10 s left'],
    [0.25, 60_000, '3 min left'],
    [0.999, 1000, '1 s left'],
  ])('after %d of the work in %i ms is "%s"', (fraction, milliseconds, words) => {
    expect(describeTimeLeft(fraction, milliseconds)).toBe(words);
  });
});
