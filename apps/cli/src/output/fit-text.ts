import type { FittedHidden } from '@tripartite/sdk';
import type { FitCourse } from './fit-progress.js';
import { toJson } from './json.js';
import { oneLine } from './line.js';
import { formatNumber } from './number.js';
import { drawTable } from './table.js';
import type { Terminal } from './terminal.js';

/** A fitted layer that was written, with how it came about. */
export interface FitOutcome {
  readonly fitted: FittedHidden;
  readonly course: FitCourse;
  readonly file: string;
  readonly bytes: number;
  /** Of the file, hex. */
  readonly sha256: string;
}

/** What was fitted, how well, and where it is, as a table. */
export function formatFit(outcome: FitOutcome, terminal: Terminal): string {
  const { fitted, course, file, bytes } = outcome;
  const { kind, neurons, shared, model, inputs, quality } = fitted;
  const steps = Object.entries(course.steps).map(([phase, count]) => `${phase} ${count}`);
  const losses = Object.entries(course.heldOutLoss).map(
    ([phase, loss]) => `${phase} ${formatNumber(loss, 4)}`,
  );
  const rows = [
    ['model', model],
    ['kind', shared ? `${kind}, one φ for queries and keys` : kind],
    ['hidden neurons of a head', String(neurons)],
    ['inputs', String(inputs)],
    ...(steps.length > 0 ? [['steps done', steps.join(', ')]] : []),
    ...(losses.length > 0 ? [['held-out loss', losses.join(', ')]] : []),
    ...Object.entries(quality).map(([name, value]) => [
      `held out: ${spaced(name)}`,
      Number.isInteger(value) ? String(value) : formatNumber(value, 4),
    ]),
    ['file', oneLine(file)],
    ['size', `${formatNumber(bytes / 1e6, 2)} MB`],
  ];
  const columns = [
    { header: 'fitted layer', align: 'left' },
    { header: '', align: 'left' },
  ] as const;
  return drawTable(columns, rows, terminal);
}

/** The same as `--json` prints it; everything of the layer but its weights. */
export function fitToJson(
  { fitted, course, file, bytes, sha256 }: FitOutcome,
  beside: object,
): string {
  const { layers: _, tensors, ...facts } = fitted;
  return toJson({
    ...facts,
    ...(tensors && { tensors: Object.keys(tensors) }),
    steps: course.steps,
    heldOutLoss: course.heldOutLoss,
    file,
    bytes,
    sha256,
    ...beside,
  });
}

/** A name in words: `worstCosine` as `worst cosine`. */
function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
