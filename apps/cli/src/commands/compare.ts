import {
  type CompareOptions,
  compareInDetail,
  type DetailedComparison,
  type Model,
  summarise,
} from '@tripartite/sdk';
import { calibrateOn, readCalibration } from '../calibration.js';
import { describeCommandLine } from '../command-line.js';
import { describeCut, describeInversion } from '../input-notes.js';
import { gatherInputs, type InputFlags, type NamedInput } from '../inputs.js';
import { chooseModel } from '../model-choice.js';
import { parseSettings, type SettingFlags, type Settings } from '../options.js';
import { describeComparison } from '../output/comparison-json.js';
import { drawHeads, drawItems, drawOutput, headLegend } from '../output/comparison-tables.js';
import { itemsToJson } from '../output/json.js';
import { count } from '../output/number.js';
import { createNotes, type Notes } from '../output/progress.js';
import { describeTerminal, styled, type Terminal, textWidth, wrap } from '../output/terminal.js';
import { verdict } from '../report/index.js';
import { fullSweep, sweepItems, writeFigures, writeReport } from '../report-files.js';
import { saveComparisons } from '../save.js';
import { readVersions } from '../versions.js';
import { checkFileTarget, checkFolderTarget } from '../write-file.js';

/** Options of `tripartite compare` as they come from the command line. */
export interface CompareFlags extends InputFlags, SettingFlags {
  readonly model?: string;
  readonly calibrate?: readonly string[];
  readonly report?: string;
  readonly figures?: string;
  readonly save?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** One input with its comparison. */
export interface ComparedItem {
  readonly input: NamedInput;
  readonly comparison: DetailedComparison;
}

/**
 * `tripartite compare`: checks everything that can be checked, compares each input, prints, then writes
 * files.
 */
export async function runCompare(flags: CompareFlags): Promise<void> {
  const settings = parseSettings(flags);
  const targets = await checkTargets(flags);
  const inputs = await gatherInputs(flags);
  const notes = createNotes(flags.quiet === true);
  const model = await chooseModel(flags.model, inputs, notes);
  const items = await compareAll(model, inputs.items, settings, flags.calibrate, notes);
  if (flags.json === true) process.stdout.write(`${formatJson(items)}\n`);
  else printTables(items);
  await writeTargets(targets, model, items, notes);
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
  model: Model,
  items: readonly ComparedItem[],
  notes: Notes,
): Promise<void> {
  if (save !== undefined) {
    const versions = readVersions();
    const saved = items.map(({ input, comparison }) => ({
      name: input.name,
      comparison,
      report: describeComparison(comparison, input, versions),
    }));
    const paths = await saveComparisons(save, saved);
    notes.note(`saved ${count(paths.length, 'file')} in ${save}`);
  }
  if (report !== undefined || figures !== undefined) {
    const reported = items.map((item) => ({ model, ...item }));
    const swept = await sweepItems(reported, fullSweep, notes);
    if (report !== undefined) {
      await writeReport(report, reported, swept, describeCommandLine(process.argv.slice(2)));
      notes.note(`report: ${report}`);
    }
    if (figures !== undefined) {
      const paths = await writeFigures(figures, swept, notes);
      notes.note(`saved ${count(paths.length, 'figure file')} in ${figures}`);
    }
  }
  notes.flush();
}

/** Compares each input in turn, saying what was cut or inverted. */
export async function compareAll(
  model: Model,
  inputs: readonly NamedInput[],
  { hidden, seed, seeds, swap }: Settings,
  calibrationFiles: readonly string[] | undefined,
  notes: Notes,
): Promise<ComparedItem[]> {
  const own =
    calibrationFiles === undefined
      ? undefined
      : await readCalibration(calibrationFiles, model.modality, inputs);
  const calibration = own === undefined ? undefined : await calibrateOn(model, own);
  const items: ComparedItem[] = [];
  for (const [index, input] of inputs.entries()) {
    const options: CompareOptions = {
      hidden,
      seed,
      seeds,
      swap,
      ...(calibration === undefined ? {} : { calibration }),
      onProgress: (fraction, what) =>
        notes.progress((index + fraction) / inputs.length, `${input.name}: ${what}`),
    };
    const comparison = await compareInDetail(model, input.input, options);
    noteOddities(model, input.name, comparison, notes);
    items.push({ input, comparison });
  }
  notes.flush();
  return items;
}

function printTables(items: readonly ComparedItem[]): void {
  const terminal = describeTerminal(process.stdout);
  const legend = styled(wrap(headLegend, textWidth(terminal)), 'dim', terminal);
  process.stdout.write(`${formatTables(items, terminal)}\n${legend}\n`);
}

/** The tables of comparisons by one model, their verdict first. */
export function formatTables(items: readonly ComparedItem[], terminal: Terminal): string {
  const comparisons = items.map(({ comparison }) => comparison);
  const [first] = comparisons;
  if (first === undefined) return '';
  const verdictLine = styled(wrap(verdict(comparisons), textWidth(terminal)), 'bold', terminal);
  if (items.length === 1) {
    return [verdictLine, drawOutput(first, terminal), drawHeads(first.heads, terminal)].join('\n');
  }
  const names = items.map(({ input }) => input.name);
  const mean = summarise(comparisons);
  return [
    verdictLine,
    drawItems(names, comparisons, mean.output, terminal),
    `Heads, means over ${count(items.length, 'input')}:`,
    drawHeads(mean.heads, terminal),
  ].join('\n');
}

function formatJson(items: readonly ComparedItem[]): string {
  const versions = readVersions();
  const reports = items.map(({ input, comparison }) =>
    describeComparison(comparison, input, versions),
  );
  if (items.length === 1) return itemsToJson(reports);
  return itemsToJson(reports, { mean: summarise(items.map(({ comparison }) => comparison)) });
}

function noteOddities(
  model: Model,
  name: string,
  { tokens, tokensBeforeCut, details }: DetailedComparison,
  notes: Notes,
): void {
  if (details.tokens.type === 'text') {
    const { pieces } = details.tokens;
    const cut = describeCut({ name, tokens, tokensBeforeCut, pieces }, model);
    if (cut !== undefined) notes.note(cut);
  }
  if (details.pictures?.inverted === true) notes.note(describeInversion(name));
}
