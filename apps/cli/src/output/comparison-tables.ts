import type { Comparison, ComparisonOutput, HeadComparison } from '@tripartite/sdk';
import { formatNumber, formatPercent } from './number.js';
import { type Column, drawTable } from './table.js';
import type { Terminal } from './terminal.js';

/** One measure of an output: key in the JSON, words with unit, decimals. */
interface Measure {
  readonly key: string;
  readonly words: string;
  readonly digits: number;
}

/** The measures of each type of output. */
export const measures: Readonly<Record<ComparisonOutput['type'], readonly Measure[]>> = {
  embedding: [
    { key: 'cosine', words: 'cosine of the two embeddings', digits: 4 },
    { key: 'relativeError', words: 'relative error of the embedding', digits: 4 },
  ],
  label: [
    { key: 'agreement', words: 'agreement of the labels', digits: 3 },
    { key: 'logitError', words: 'relative error of the logits', digits: 4 },
    { key: 'logitDifference', words: 'largest difference of a logit', digits: 3 },
  ],
  picture: [
    { key: 'psnr', words: 'PSNR of softmax, dB', digits: 2 },
    { key: 'psnrTwin', words: 'PSNR of the twin, dB', digits: 2 },
    { key: 'loss', words: 'loss of the twin, dB', digits: 2 },
    { key: 'agreement', words: 'PSNR of the twin against softmax, dB', digits: 2 },
  ],
};

/** Table of the whole twin's output; with several seeds the standard deviation stands beside. */
export function drawOutput({ output, spread, seeds }: Comparison, terminal: Terminal): string {
  const columns: Column[] = [
    { header: 'output', align: 'left' },
    { header: seeds.length > 1 ? `mean of ${seeds.length} seeds` : 'value', align: 'right' },
  ];
  if (spread !== undefined) columns.push({ header: 'standard\ndeviation', align: 'right' });
  const rows = measures[output.type].map(({ key, words, digits }) => [
    words,
    formatNumber(numberOf(output, key), digits),
    formatNumber(spread?.[key], digits),
  ]);
  if (output.type === 'label') {
    rows.unshift(
      ['label of the transformer', output.label, ''],
      ['label of the twin', output.twinLabel, ''],
    );
  }
  return drawTable(columns, rows, terminal);
}

/** Table of several inputs' outputs, the mean in its last row. */
export function drawItems(
  names: readonly string[],
  comparisons: readonly Comparison[],
  mean: object,
  terminal: Terminal,
): string {
  const type = comparisons[0]?.output.type ?? 'embedding';
  const label = type === 'label';
  const columns: Column[] = [
    { header: 'input', align: 'left' },
    { header: 'tokens', align: 'right', dispensable: 1 },
    ...(label
      ? ([
          { header: 'label', align: 'right' },
          { header: 'of the\ntwin', align: 'right' },
        ] as const)
      : []),
    ...measures[type].map(({ words }, index) => ({
      header: breakInTwo(words),
      align: 'right' as const,
      dispensable: index > 1 ? index : 0,
    })),
  ];
  const rows = comparisons.map(({ output, tokens }, index) => [
    names[index] ?? '',
    String(tokens),
    ...(output.type === 'label' ? [output.label, output.twinLabel] : []),
    ...measures[type].map(({ key, digits }) => formatNumber(numberOf(output, key), digits)),
  ]);
  rows.push([
    'mean',
    '',
    ...(label ? ['', ''] : []),
    ...measures[type].map(({ key, digits }) => formatNumber(numberOf(mean, key), digits)),
  ]);
  return drawTable(columns, rows, terminal);
}

/** Table of heads, each on the transformer's own q, k, v. */
export function drawHeads(heads: readonly HeadComparison[], terminal: Terminal): string {
  const decoder = heads.some(({ stack }) => stack === 'decoder');
  const partly = heads.some(({ swapped }) => !swapped);
  const columns: Column[] = [
    { header: 'layer', align: 'right' },
    { header: 'head', align: 'right' },
    ...(partly ? [{ header: 'in\ntwin', align: 'right' as const, dispensable: 1 }] : []),
    { header: 'output\nerror', align: 'right' },
    { header: 'centred\nerror', align: 'right', dispensable: 2 },
    { header: 'response\nr', align: 'right' },
    { header: 'log r', align: 'right', dispensable: 3 },
    { header: 'response\nerror, %', align: 'right', dispensable: 1 },
    { header: 'KL,\nnats', align: 'right' },
  ];
  const rows = heads.map((head) => [
    decoder ? `${head.stack.slice(0, 3)} ${head.layer}` : String(head.layer),
    String(head.head),
    ...(partly ? [head.swapped ? 'yes' : 'no'] : []),
    formatNumber(head.outputError),
    formatNumber(head.centredOutputError),
    formatNumber(head.responseCorrelation),
    formatNumber(head.logResponseCorrelation),
    formatPercent(head.responseError),
    formatNumber(head.attentionKl),
  ]);
  return drawTable(columns, rows, terminal);
}

/** What the columns of the table of heads mean. */
export const headLegend =
  'Each head works on the transformer’s own queries, keys and values. Output error: ‖ŷ−y‖/‖y‖. Centred error: ‖ŷ−y‖/‖y−v̄‖; 1 is no better than attending everywhere alike. Response r: correlation over tokens of the astrocyte response with softmax’s normaliser; log r: of their logarithms. Response error: median of |response/normaliser − 1|. KL: from softmax’s attention to the network’s.';

/** The number under a key, if it is one. */
export function numberOf(values: object, key: string): number | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(values, key)?.value;
  return typeof value === 'number' ? value : undefined;
}

/** Breaks words for a header near their middle. */
export function breakInTwo(words: string): string {
  const breaks = [...words.matchAll(/ /g)].map(({ index }) => index);
  const middle = words.length / 2;
  const best = breaks.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  return best === undefined ? words : `${words.slice(0, best)}\n${words.slice(best + 1)}`;
}
