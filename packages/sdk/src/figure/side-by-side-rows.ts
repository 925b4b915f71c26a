import type { LabelOutput, SideBySideTwin } from '../compare/comparison.js';
import { formatFixed } from './format.js';
import { hiddenWords } from './hidden-words.js';
import { probabilities } from './probabilities.js';

/** Whose answer it is: the transformer's own, a twin's with fitted neurons, or one with drawn neurons. */
export type Side = 'transformer' | 'fitted' | 'drawn';

/** One answer in the figure of hidden layers side by side. */
export interface SideBySideRow {
  readonly side: Side;
  readonly name: string;
  readonly origin: string;
  /** On the common axis; the transformer's own is where equal answers lie. */
  readonly value: number;
  /** The value in words. */
  readonly text: string;
  /** The same of each seed, where several were drawn. */
  readonly values: readonly number[];
}

/** Rows with the axis that they share. */
export interface SideBySideRows {
  readonly rows: readonly SideBySideRow[];
  /** What is measured, with its unit. */
  readonly label: string;
  /** True where values are shares, shown in per cent. */
  readonly percent: boolean;
}

const transformer = {
  side: 'transformer',
  name: 'transformer (softmax)',
  origin: 'what the others stand in for',
  values: [],
} as const;

/** A twin's name, and whether its neurons were fitted or drawn. */
export function sideBySideName({ comparison: { hidden } }: SideBySideTwin) {
  const side: Side = hidden.sha256 === undefined ? 'drawn' : 'fitted';
  return { side, ...hiddenWords(hidden) };
}

function percent(share: number): string {
  return `${formatFixed(100 * share, share < 0.0995 ? 1 : 0)} %`;
}

function cosines(twins: readonly SideBySideTwin[]): SideBySideRows {
  const rows = twins.flatMap((twin): SideBySideRow[] => {
    const { output, runs = [] } = twin.comparison;
    if (output.type !== 'embedding') return [];
    const values = runs.flatMap((run) => (run.type === 'embedding' ? [run.cosine] : []));
    const text = formatFixed(output.cosine, 3);
    const name = sideBySideName(twin);
    return [{ ...name, value: output.cosine, text, values: name.side === 'drawn' ? values : [] }];
  });
  return {
    rows: [{ ...transformer, value: 1, text: '1' }, ...rows],
    label: 'cosine with the transformer (no unit, 1 = same)',
    percent: false,
  };
}

/** One draw: how probable the transformer's answer is to each. */
function answers(twins: readonly SideBySideTwin[], label: string, classAt: number): SideBySideRows {
  const own = probabilities(twins[0]?.outputs?.softmax ?? [])[classAt] ?? 0;
  const rows = twins.flatMap((twin): SideBySideRow[] => {
    const { output } = twin.comparison;
    if (output.type !== 'label') return [];
    const value = probabilities(twin.outputs?.twin ?? [])[classAt] ?? 0;
    const { twinLabel } = output;
    const text =
      twinLabel === label
        ? `says ${label}, ${percent(value)}`
        : `says ${twinLabel} (${label} has ${percent(value)})`;
    return [{ ...sideBySideName(twin), value, text, values: [] }];
  });
  return {
    rows: [{ ...transformer, value: own, text: `says ${label}, ${percent(own)}` }, ...rows],
    label: `probability of the transformer’s answer, ${label} (%)`,
    percent: true,
  };
}

/** Several draws: how many of them give the transformer's answer. */
function agreements(twins: readonly SideBySideTwin[], label: string): SideBySideRows {
  const rows = twins.flatMap((twin): SideBySideRow[] => {
    const { output, seeds } = twin.comparison;
    if (output.type !== 'label') return [];
    const name = sideBySideName(twin);
    const text =
      name.side === 'fitted'
        ? `says ${output.twinLabel}`
        : `${percent(output.agreement)} of ${seeds.length} draws`;
    return [{ ...name, value: output.agreement, text, values: [] }];
  });
  return {
    rows: [{ ...transformer, value: 1, text: `says ${label}` }, ...rows],
    label: `draws that give the transformer’s answer, ${label} (%)`,
    percent: true,
  };
}

/** The most probable class of logits. */
function largestAt(logits: ArrayLike<number>): number {
  const values = Array.from(logits);
  return values.indexOf(Math.max(...values));
}

/**
 * The answers of several hidden layers on one axis, the transformer's own first: cosines of embeddings, or of labels
 * the probability of the transformer's answer (with several seeds, how often it is given). Paintings have no rows.
 */
export function sideBySideRows(twins: readonly SideBySideTwin[]): SideBySideRows {
  const first = twins[0]?.comparison;
  if (first?.output.type !== 'label') return cosines(twins);
  const { label } = first.output as LabelOutput;
  if (first.seeds.length > 1) return agreements(twins, label);
  return answers(twins, label, largestAt(twins[0]?.outputs?.softmax ?? []));
}
