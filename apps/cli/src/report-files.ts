import { basename, join } from 'node:path';
import {
  type DetailedComparison,
  type FittedHidden,
  type Model,
  type NeuronSweepPoint,
  type SideBySideTwin,
  type Statistics,
  samplings,
  sweepNeurons,
} from '@tripartite/sdk';
import { figures, sideBySideFigures } from '@tripartite/sdk/figure';
import type { NamedInput } from './inputs.js';
import { oneLine } from './output/line.js';
import type { Notes } from './output/progress.js';
import { type ReportData, type ReportItem, renderReport, saveFigures } from './report/index.js';
import { distinctStems } from './save.js';
import { readVersions } from './versions.js';
import { makeFolder, writeWhole } from './write-file.js';

/** One compared input, with the model that read it. */
export interface ReportedItem {
  readonly model: Model;
  readonly input: NamedInput;
  readonly comparison: DetailedComparison;
  /** Of the user's own files; the model's own otherwise. */
  readonly calibration?: Statistics | undefined;
  /** The fitted layer of a file, where the twin has its neurons. */
  readonly fitted?: FittedHidden | undefined;
  /** Hidden layers of equally many neurons on the same input. */
  readonly beside?: readonly SideBySideTwin[] | undefined;
}

/** Hidden neurons and seeds of the curve in a report. */
export interface SweepSize {
  readonly neurons: readonly number[];
  readonly seeds: readonly number[];
}

/** What a report shows unless told otherwise: 16 … 4 096 neurons, five seeds. */
export const fullSweep: SweepSize = {
  neurons: [16, 64, 256, 1024, 4096],
  seeds: [1, 2, 3, 4, 5],
};

/** A smaller curve, for a first look that is not to take a minute. */
export const quickSweep: SweepSize = { neurons: [16, 64, 256, 1024], seeds: [1, 2, 3] };

/** Inputs whose curve is measured; of more inputs only these first ones get one. */
const mostSweeps = 3;

/**
 * Measures the curves of quality against hidden neurons for the items of a report: that of the compared kind, and
 * those of the kinds beside it.
 */
export async function sweepItems(
  items: readonly ReportedItem[],
  size: SweepSize,
  notes: Notes,
): Promise<ReportItem[]> {
  const measured = Math.min(items.length, mostSweeps);
  const swept: ReportItem[] = [];
  for (const [index, item] of items.entries()) {
    const { input, comparison, beside } = item;
    const name = describeInput(input);
    const shown = { name, comparison, ...(beside === undefined ? {} : { beside }) };
    if (index >= measured) {
      swept.push(shown);
      continue;
    }
    const progress = (fraction: number) =>
      notes.progress((index + fraction) / measured, `${name}: error against neurons`);
    swept.push({ ...shown, sweep: await sweepItem(item, size, progress) });
  }
  return swept;
}

async function sweepItem(
  { model, input, comparison, calibration, fitted, beside = [] }: ReportedItem,
  size: SweepSize,
  onProgress: (fraction: number) => void,
): Promise<NeuronSweepPoint[]> {
  const { hidden, swap } = comparison;
  const sampling = samplings.find((each) => each === hidden.sampling);
  const common = {
    ...size,
    swap: swap === 'all' ? 'all' : swap.join() || 'none',
    inputSeed: comparison.seed,
    ...(calibration === undefined ? {} : { calibration }),
  };
  const read = await input.read();
  const own = await sweepNeurons(model, read, {
    ...common,
    ...(fitted === undefined ? { kinds: [hidden.kind] } : { kinds: [], fitted: [fitted] }),
    ...(hidden.sha256 === undefined ? {} : { shared: hidden.shared === true }),
    ...(sampling === undefined ? {} : { sampling }),
    onProgress: (fraction) => onProgress(fraction / 2),
  });
  const others = beside.map((twin) => twin.comparison.hidden.kind);
  const kinds = others.filter((kind) => kind !== hidden.kind);
  const rivals = await sweepNeurons(model, read, {
    ...common,
    kinds,
    onProgress: (fraction) => onProgress((1 + fraction) / 2),
  });
  return [...own, ...rivals];
}

/** Writes the report of some comparisons as one HTML file. */
export async function writeReport(
  path: string,
  items: readonly ReportedItem[],
  swept: readonly ReportItem[],
  origin: Pick<ReportData, 'command' | 'build' | 'threads'>,
): Promise<void> {
  const models = [...new Set(items.map(({ model }) => model))];
  const weights = await Promise.all(
    models.map(async (model) => ({ name: model.name, sha256: await model.weightsHash() })),
  );
  const inputs = items.map(({ input }) => ({ name: describeInput(input), sha256: input.sha256 }));
  const page = await renderReport({
    items: swept,
    ...origin,
    versions: readVersions(),
    hashes: { weights, inputs },
  });
  await writeWhole(path, page);
}

/**
 * Writes the figures of some comparisons as SVG and PNG; of several inputs each has a folder of its own.
 * @returns the paths written
 */
export async function writeFigures(
  folder: string,
  swept: readonly ReportItem[],
  notes: Notes,
): Promise<readonly string[]> {
  await makeFolder(folder);
  const stems = distinctStems(swept.map(({ name }) => basename(name)));
  const paths: string[] = [];
  for (const [index, { comparison, sweep, beside = [] }] of swept.entries()) {
    const place = swept.length === 1 ? folder : join(folder, stems[index] ?? '');
    const { files, textInPng } = await saveFigures(place, [
      ...sideBySideFigures(beside),
      ...figures(comparison, sweep),
    ]);
    paths.push(...files);
    if (!textInPng && index === 0) {
      notes.note(
        'the PNG figures have no text, as this system has no font; the SVG figures are whole',
      );
    }
  }
  return paths;
}

const lettersShown = 60;

/** A file's name, or how the text begins. */
function describeInput({ name, text }: NamedInput): string {
  if (text === undefined) return name;
  const line = oneLine(text);
  return line.length <= lettersShown ? line : `${line.slice(0, lettersShown).trimEnd()}…`;
}
