import type { Estimate, StudyRow, StudyTable } from '@tripartite/sdk';
import { count, formatNumber } from '../output/number.js';
import type { Column } from '../output/table.js';

/** A table of a study as words. */
export interface Cells {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** `0.712 [0.690, 0.734]`; without brackets where there is no interval. */
export function formatEstimate(estimate: Estimate | undefined, digits: number): string {
  if (!estimate) return '';
  const value = formatNumber(estimate.value, digits);
  if (!estimate.interval) return value;
  const [low, high] = estimate.interval.map((end) => formatNumber(end, digits));
  return `${value} [${low}, ${high}]`;
}

/** The rows of a table as words; columns that hold nothing are left out. */
export function tableCells(table: StudyTable, rows: readonly StudyRow[]): Cells {
  const judged = rows.some(({ expected }) => expected);
  const columns = [
    ...table.labels.map(({ key, heading, dispensable = 0 }) => ({
      header: heading,
      dispensable,
      align: rows.every(({ labels }) => typeof labels[key] === 'number') ? 'right' : 'left',
      cell: ({ labels }: StudyRow) => String(labels[key] ?? ''),
    })),
    ...table.values.map(({ key, heading, digits = 3, dispensable = 0 }) => ({
      header: heading,
      dispensable,
      align: 'right',
      cell: ({ values }: StudyRow) => formatEstimate(values[key], digits),
    })),
    ...(judged
      ? [
          { header: 'expected', align: 'right', dispensable: 9, cell: describeExpected },
          { header: 'verdict', align: 'left', dispensable: 0, cell: describeVerdict },
        ]
      : []),
  ] as const;
  const kept = columns.filter(({ cell }) => rows.some((row) => cell(row) !== ''));
  return {
    columns: kept.map(({ header, align, dispensable }) => ({
      header,
      align: align as Column['align'],
      dispensable,
    })),
    rows: rows.map((row) => kept.map(({ cell }) => cell(row))),
  };
}

function describeExpected({ expected }: StudyRow): string {
  return expected
    ? `${formatNumber(expected.value, 3)} ± ${formatNumber(expected.tolerance, 2)}`
    : '';
}

function describeVerdict({ expected }: StudyRow): string {
  if (!expected) return '';
  const { verdict, by } = expected;
  return `${verdict} (${by < 0 ? '' : '+'}${formatNumber(by, 3)})`;
}

/** How many rows were reproduced, in words; that there was nothing to compare with, where there was not. */
export function countVerdicts(rows: readonly StudyRow[]): string {
  const judged = rows.flatMap(({ expected }) => expected ?? []);
  if (judged.length === 0) return 'Nothing here was measured before; there is no verdict.';
  const parts = (['reproduced', 'better', 'differs'] as const).flatMap((wanted) => {
    const found = judged.filter(({ verdict }) => verdict === wanted).length;
    return found > 0 ? [`${found} ${wanted}`] : [];
  });
  return `Of ${count(judged.length, 'row')} with an earlier value: ${parts.join(', ')}.`;
}

/** How many inputs and draws stand behind the numbers with an interval: `120 inputs, 1 to 5 draws`. */
export function describeSample(rows: readonly StudyRow[]): string {
  const estimates = rows.flatMap(({ values }) => Object.values(values));
  const sampled = estimates.filter(({ interval }) => interval);
  if (sampled.length === 0) return 'One input, one draw.';
  const range = (numbers: readonly number[], noun: string) => {
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    return least === most ? count(most, noun) : `${least} to ${count(most, noun)}`;
  };
  const inputs = sampled.map((estimate) => estimate.inputs);
  const draws = sampled.map((estimate) => estimate.draws);
  return `Behind each interval: ${range(inputs, 'input')}, ${range(draws, 'draw')}.`;
}

/** What is to be said of the quick form. */
export const quickNote =
  'This is the quick form: few inputs, one draw; intervals are wide and verdicts mean little.';
