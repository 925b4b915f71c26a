import { TripartiteError } from '../errors.js';
import { mean } from '../numeric/statistics.js';
import { studentQuantile, z } from './student.js';

/** A number measured on a sample, with what is known of its error. */
export interface Estimate {
  readonly value: number;
  /** 95 % confidence interval; absent where there is none to give, as for an extreme or a single value. */
  readonly interval?: readonly [low: number, high: number];
  /** Inputs behind it. */
  readonly inputs: number;
  /** Draws of hidden weights behind it; 1 where nothing is drawn. */
  readonly draws: number;
}

/** Values of every input under every draw of hidden weights: a row an input. */
export type Crossed = readonly (readonly number[])[];

/** Squared standard error of a mean, and its degrees of freedom. */
interface Spread {
  readonly variance: number;
  readonly degrees: number;
}

const square = (x: number): number => x * x;
const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function checkCrossed(values: Crossed): void {
  const draws = values[0]?.length ?? 0;
  if (draws > 0 && values.every((row) => row.length === draws)) return;
  throw new TripartiteError(
    'BAD_INPUT',
    `an estimate got ${values.length} rows of ${[...new Set(values.map((row) => row.length))].join(', ') || 'no'} values; every input needs a value of every draw`,
  );
}

function spreadOfOne(values: readonly number[]): Spread | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  const centre = mean(values);
  const sum = sumOf(values.map((value) => square(value - centre)));
  return { variance: sum / (n - 1) / n, degrees: n - 1 };
}

/**
 * Inputs and draws are both samples: the mean squares of inputs, draws and the rest add up to the variance of the
 * grand mean (two-way random effects), with Satterthwaite's degrees of freedom. The sum is kept above its larger
 * part, which only widens intervals.
 */
function spreadOf(values: Crossed): Spread | undefined {
  const [inputs, draws] = [values.length, values[0]?.length ?? 0];
  const rows = values.map(mean);
  if (draws === 1) return spreadOfOne(rows);
  const columns = Array.from({ length: draws }, (_, draw) =>
    mean(values.map((row) => row[draw] as number)),
  );
  if (inputs === 1) return spreadOfOne(columns);
  const centre = mean(rows);
  const byInput = (draws * sumOf(rows.map((row) => square(row - centre)))) / (inputs - 1);
  const byDraw = (inputs * sumOf(columns.map((column) => square(column - centre)))) / (draws - 1);
  const freedom = (inputs - 1) * (draws - 1);
  const rest =
    sumOf(
      values.flatMap((row, p) =>
        row.map((value, s) => square(value - (rows[p] ?? 0) - (columns[s] ?? 0) + centre)),
      ),
    ) / freedom;
  const whole = Math.max(byInput + byDraw - rest, byInput, byDraw);
  const parts =
    square(byInput) / (inputs - 1) + square(byDraw) / (draws - 1) + square(rest) / freedom;
  return {
    variance: whole / (inputs * draws),
    degrees: parts === 0 ? inputs - 1 : Math.max(1, square(whole) / parts),
  };
}

/**
 * Mean over inputs and draws, with a 95 % interval by Student's distribution for other inputs and other draws of the
 * same kind, cut at `bounds` that no value can pass. Throws `BAD_INPUT` where a value is missing.
 */
export function estimateMean(
  values: Crossed,
  [least, most]: readonly [least: number, most: number] = [-Infinity, Infinity],
): Estimate {
  checkCrossed(values);
  const value = mean(values.map(mean));
  const spread = spreadOf(values);
  const counts = { inputs: values.length, draws: values[0]?.length ?? 0 };
  if (!spread) return { value, ...counts };
  const half = studentQuantile(spread.degrees) * Math.sqrt(spread.variance);
  return {
    value,
    interval: [Math.max(least, value - half), Math.min(most, value + half)],
    ...counts,
  };
}

/**
 * Share of ones among zeros and ones, with Wilson's 95 % interval, which stays within 0 and 1. Its sample size is the
 * number of independent cases that would have the variance of the crossed means. Throws `BAD_INPUT`.
 */
export function estimateShare(values: Crossed): Estimate {
  checkCrossed(values);
  const value = mean(values.map(mean));
  const counts = { inputs: values.length, draws: values[0]?.length ?? 0 };
  const spread = spreadOf(values);
  if (!spread) return { value, ...counts };
  const mixed = value * (1 - value);
  const sure = spread.variance === 0 || mixed === 0;
  const cases = sure ? values.length : mixed / spread.variance;
  const t2 = square(studentQuantile(sure ? Math.max(1, values.length - 1) : spread.degrees));
  const centre = (value + t2 / (2 * cases)) / (1 + t2 / cases);
  const half =
    (Math.sqrt(t2) * Math.sqrt(mixed / cases + t2 / (4 * square(cases)))) / (1 + t2 / cases);
  // A share of 0 or 1 is an end of its interval, which rounding must not move past it.
  const interval = [Math.min(value, centre - half), Math.max(value, centre + half)] as const;
  return { value, interval: [Math.max(0, interval[0]), Math.min(1, interval[1])], ...counts };
}

/**
 * Median of one value an input, with a 95 % interval between two of the values (ranks n/2 ± 0.98 √n) that holds
 * whatever the distribution; none below six values. Throws `BAD_INPUT` for no values.
 */
export function estimateMedian(values: readonly number[]): Estimate {
  checkCrossed(values.map((value) => [value]));
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const middle = ((sorted[(n - 1) >> 1] as number) + (sorted[n >> 1] as number)) / 2;
  const rank = Math.floor((n - z * Math.sqrt(n)) / 2);
  const counts = { inputs: n, draws: 1 };
  if (n < 6) return { value: middle, ...counts };
  const low = Math.max(0, rank - 1);
  return {
    value: middle,
    interval: [sorted[low] as number, sorted[n - 1 - low] as number],
    ...counts,
  };
}

/** Least and largest cosine. */
export const cosineBounds = [-1, 1] as const;

/** A number that is as it is, such as an extreme of a sample: no interval. */
export function exactly(value: number, inputs: number, draws = 1): Estimate {
  return { value, inputs, draws };
}
