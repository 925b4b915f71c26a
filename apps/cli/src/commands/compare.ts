import {
  type Build,
  type Comparison,
  type DetailedComparison,
  describeEngine,
  hiddenKinds,
  type Model,
  type Statistics,
  summarise,
} from '@tripartite/sdk';
import { calibrateOn, readCalibration } from '../calibration.js';
import { describeCommandLine } from '../command-line.js';
import { type ComparedItem, compareAll, type Job, withoutDetails } from '../compare-all.js';
import { type BesideItem, compareBeside } from '../compare-beside.js';
import { type EngineFlags, parseEngine } from '../engine-options.js';
import { readHiddenFile, settleHidden } from '../hidden-choice.js';
import { gatherInputs, type InputFlags, type NamedInput } from '../inputs.js';
import { chooseModel } from '../model-choice.js';
import { parseSettings, type SettingFlags, type Settings } from '../options.js';
import { formatBeside } from '../output/beside-table.js';
import { describeComparison } from '../output/comparison-json.js';
import { headLegend } from '../output/comparison-tables.js';
import { formatTables } from '../output/comparison-text.js';
import { itemsToJson } from '../output/json.js';
import { count } from '../output/number.js';
import { createNotes, type Notes } from '../output/progress.js';
import { describeTerminal, styled, textWidth, wrap } from '../output/terminal.js';
import { saveComparisons } from '../save.js';
import { readVersions } from '../versions.js';
import { checkFileTarget, checkFolderTarget } from '../write-file.js';

/** Options of `tripartite compare` as they come from the command line. */
export interface CompareFlags extends InputFlags, SettingFlags, EngineFlags {
  readonly model?: string;
  readonly calibrate?: readonly string[];
  readonly report?: string;
  readonly figures?: string;
  readonly save?: string;
  readonly beside?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/**
 * `tripartite compare`: checks everything that can be checked, compares each input, prints, then writes
 * files.
 */
export async function runCompare(flags: CompareFlags): Promise<void> {
  const parsed = parseSettings(flags);
  const engine = parseEngine(flags);
  const targets = await checkTargets(flags);
  const fitted = await readHiddenFile(parsed);
  const inputs = await gatherInputs(flags);
  const notes = createNotes(flags.quiet === true);
  const model = await chooseModel(flags.model, inputs, engine, notes);
  try {
    const calibrated = flags.calibrate !== undefined;
    const settings = await settleHidden(parsed, fitted, model, calibrated, notes);
    const calibration = await readStatistics(model, inputs.items, flags, settings, notes);
    const job: Job = { model, inputs: inputs.items, settings, calibration, notes };
    await carryOut(job, flags, targets);
  } finally {
    model.close();
  }
}

async function carryOut(job: Job, flags: CompareFlags, targets: Targets): Promise<void> {
  if (Object.keys(targets).length === 0) {
    const items = await compareAll(job, withoutDetails);
    print(flags, job.model, flags.beside === true ? await compareBeside(job, items) : items);
    return;
  }
  const items = await compareAll(job, (comparison) => comparison);
  const drawn = targets.report !== undefined || targets.figures !== undefined;
  const beside = flags.beside === true || drawn ? await compareBeside(job, items) : undefined;
  print(flags, job.model, flags.beside === true && beside ? beside : items);
  await writeTargets(targets, job, beside ?? items, describeCommand(flags, job.inputs));
}

/** Where files are to be written, checked before anything is computed. */
interface Targets {
  readonly save?: string;
  readonly report?: string;
  readonly figures?: string;
}

async function checkTargets({ save, report, figures }: CompareFlags): Promise<Targets> {
  return {
    ...(save === undefined ? {} : { save: await checkFolderTarget('--save', save) }),
    ...(report === undefined ? {} : { report: await checkFileTarget('--report', report) }),
    ...(figures === undefined ? {} : { figures: await checkFolderTarget('--figures', figures) }),
  };
}

async function writeTargets(
  { save, report, figures }: Targets,
  { model, calibration, settings, notes }: Job,
  items: readonly PrintedItem<DetailedComparison>[],
  command: string,
): Promise<void> {
  if (save !== undefined) {
    const versions = readVersions();
    const saved = items.map(({ input, comparison }) => ({
      name: input.name,
      comparison,
      report: describeComparison(comparison, input, model.build, versions),
    }));
    const paths = await saveComparisons(save, saved);
    notes.note(`saved ${count(paths.length, 'file')} in ${save}`);
  }
  if (report !== undefined || figures !== undefined) {
    const { fullSweep, sweepItems, writeFigures, writeReport } = await import('../report-files.js');
    const reported = items.map((item) => ({
      model,
      calibration,
      fitted: settings.hidden.fitted,
      ...item,
    }));
    const swept = await sweepItems(reported, fullSweep, notes);
    if (report !== undefined) {
      const { build, threads } = model;
      await writeReport(report, reported, swept, { command, build, threads });
      notes.note(`report: ${report}`);
    }
    if (figures !== undefined) {
      const paths = await writeFigures(figures, swept, notes);
      notes.note(`saved ${count(paths.length, 'figure file')} in ${figures}`);
    }
  }
  notes.flush();
}

async function readStatistics(
  model: Model,
  compared: readonly NamedInput[],
  { calibrate }: CompareFlags,
  { hidden }: Settings,
  notes: Notes,
): Promise<Statistics | undefined> {
  if (calibrate === undefined) return undefined;
  const own = await readCalibration(calibrate, model.modality, compared);
  const drawn = hiddenKinds.find(({ name }) => name === hidden.kind);
  if (drawn?.needsStatistics !== true || hidden.fitted !== undefined) {
    const why =
      drawn === undefined
        ? 'a fitted hidden layer needs none'
        : `${drawn.name} needs no calibration`;
    notes.note(`--calibrate changes nothing here, as ${why}`);
    return undefined;
  }
  return calibrateOn(model, own);
}

/** The command that gives the same again; text from a pipe is put into it. */
function describeCommand(
  { text, textFile, image }: CompareFlags,
  inputs: readonly NamedInput[],
): string {
  const words = process.argv.slice(2);
  const piped = (text ?? textFile ?? image) === undefined ? inputs[0]?.text : undefined;
  return describeCommandLine(piped === undefined ? words : [...words, '--text', piped]);
}

/** An item as it is printed: with other hidden layers beside it where they were asked for. */
type PrintedItem<C extends Comparison = Comparison> = ComparedItem<C> & Partial<BesideItem<C>>;

function print({ json }: CompareFlags, model: Model, items: readonly PrintedItem[]): void {
  if (json === true) process.stdout.write(`${formatJson(items, model.build)}\n`);
  else printTables(items, model);
}

function printTables(items: readonly PrintedItem[], model: Model): void {
  const terminal = describeTerminal(process.stdout);
  const legend = styled(wrap(headLegend, textWidth(terminal)), 'dim', terminal);
  const besides = items.flatMap(({ beside }) => (beside === undefined ? [] : [beside]));
  const beside = besides.length > 0 ? `\n${formatBeside(besides, terminal)}` : '';
  const tables = formatTables(items, terminal);
  process.stdout.write(`${tables}\n${legend}${beside}\nComputed on ${describeEngine(model)}.\n`);
}

function formatJson(items: readonly PrintedItem[], build: Build): string {
  const versions = readVersions();
  const reports = items.map(({ input, comparison, beside }) =>
    describeComparison(comparison, input, build, versions, beside),
  );
  if (items.length === 1) return itemsToJson(reports);
  return itemsToJson(reports, { mean: summarise(items.map(({ comparison }) => comparison)) });
}
