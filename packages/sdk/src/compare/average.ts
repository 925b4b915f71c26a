import { mean, standardDeviation } from '../numeric/statistics.js';
import type { Comparison, ComparisonOutput, HeadComparison, LayerDrift } from './comparison.js';

type Numbers = Record<string, number | null>;

/** Mean of one key over records, `null` where any is `null`. */
function meanOf(records: readonly object[], key: string): number | null {
  const values = records.map((record) => (record as Numbers)[key]);
  const numbers = values.filter((value): value is number => typeof value === 'number');
  return numbers.length === values.length ? mean(numbers) : null;
}

/** The first record with each of `keys` replaced by its mean. */
function averageKeys<T extends object>(records: readonly T[], keys: readonly string[]): T {
  const means = Object.fromEntries(keys.map((key) => [key, meanOf(records, key)]));
  return { ...(records[0] as T), ...means };
}

/** Keys of a record that hold numbers, but for those that say where it stands. */
function numericKeys(record: object): string[] {
  return Object.entries(record)
    .filter(([, value]) => typeof value === 'number')
    .map(([key]) => key);
}

const headKeys: readonly (keyof HeadComparison)[] = [
  'outputError',
  'centredOutputError',
  'responseCorrelation',
  'logResponseCorrelation',
  'responseError',
  'attentionKl',
  'nonPositiveResponses',
];

/** Means of outputs of one kind; labels are the first's. */
export function averageOutputs(outputs: readonly ComparisonOutput[]): ComparisonOutput {
  return averageKeys(outputs, numericKeys(outputs[0] ?? {}));
}

/** Means of each head's measures over runs that list the same heads in the same order. */
export function averageHeads(runs: readonly (readonly HeadComparison[])[]): HeadComparison[] {
  return (runs[0] ?? []).map((_, at) =>
    averageKeys(
      runs.map((run) => run[at] as HeadComparison),
      headKeys,
    ),
  );
}

/** Means of each layer's drift. */
export function averageDrift(runs: readonly (readonly LayerDrift[])[]): LayerDrift[] {
  return (runs[0] ?? []).map((_, at) =>
    averageKeys(
      runs.map((run) => run[at] as LayerDrift),
      ['relative'],
    ),
  );
}

/** Standard deviation of each number of an output over several seeds. */
export function spreadOfOutputs(outputs: readonly ComparisonOutput[]): Record<string, number> {
  const keys = numericKeys(outputs[0] ?? {});
  return Object.fromEntries(
    keys.map((key) => [
      key,
      standardDeviation(outputs.map((output) => (output as unknown as Numbers)[key] as number)),
    ]),
  );
}

/** Means over several inputs, as `--json` prints them. */
export interface Summary {
  readonly items: number;
  /** Mean of each number of the outputs; for labels `agreement` is a rate. */
  readonly output: Readonly<Record<string, number | null>>;
  readonly heads: readonly HeadComparison[];
  readonly drift: readonly LayerDrift[];
}

/** Means over comparisons of the same model. An empty list gives empty means. */
export function summarise(comparisons: readonly Comparison[]): Summary {
  const outputs = comparisons.map(({ output }) => output);
  const keys = numericKeys(outputs[0] ?? {});
  return {
    items: comparisons.length,
    output: Object.fromEntries(keys.map((key) => [key, meanOf(outputs, key)])),
    heads: averageHeads(comparisons.map(({ heads }) => heads)),
    drift: averageDrift(comparisons.map(({ drift }) => drift)),
  };
}
