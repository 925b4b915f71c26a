import { join } from 'node:path';
import {
  type FittedHidden,
  loadHidden,
  type Model,
  type StudyOptions,
  type StudyResult,
} from '@tripartite/sdk';
import { describeCommandLine } from '../command-line.js';
import { describeFallback, type EngineFlags, parseEngine } from '../engine-options.js';
import { openModel } from '../model-registry.js';
import { parseWhole } from '../options.js';
import { toJson } from '../output/json.js';
import { count } from '../output/number.js';
import { createNotes, type Notes } from '../output/progress.js';
import { drawTable } from '../output/table.js';
import { describeTerminal, styled, textWidth, wrap } from '../output/terminal.js';
import { countVerdicts, describeSample, quickNote, tableCells } from '../reproduce/cells.js';
import { openUnits } from '../reproduce/kept-units.js';
import type { Origin } from '../reproduce/origin.js';
import { findStudies, type NamedStudy, studies } from '../reproduce/studies.js';
import { writeStudy } from '../reproduce/study-files.js';
import { describeTimeLeft } from '../reproduce/time-left.js';
import { readVersions } from '../versions.js';
import { checkFolderTarget, makeFolder } from '../write-file.js';

/** Options of `tripartite reproduce` as they come from the command line. */
export interface ReproduceFlags extends EngineFlags {
  readonly list?: boolean;
  readonly quick?: boolean;
  readonly out?: string;
  readonly seeds?: string;
  readonly hidden?: readonly string[];
  readonly resume?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `tripartite reproduce`: measures the studies behind the results, and says what came out as before. */
export async function runReproduce(names: readonly string[], flags: ReproduceFlags): Promise<void> {
  const chosen = findStudies(names);
  if (flags.list === true) return listStudies(flags);
  const seeds = flags.seeds === undefined ? undefined : parseWhole('--seeds', flags.seeds, 1, 1000);
  const fitted: FittedHidden[] = [];
  for (const file of flags.hidden ?? []) fitted.push(await loadHidden(file));
  const engine = parseEngine(flags);
  const folder = await checkFolderTarget('--out', flags.out ?? 'reproduced');
  const notes = createNotes(flags.quiet === true);
  await makeFolder(folder);
  const results: { study: NamedStudy; result: StudyResult; origin: Origin }[] = [];
  let model: Model | undefined;
  try {
    for (const study of chosen) {
      if (model?.name !== study.model) {
        model?.close();
        model = await openModel(study.model, engine);
        const fallback = describeFallback(engine.fast, model.build);
        if (fallback !== undefined && results.length === 0) notes.note(fallback);
      }
      const found = await runStudy(study, model, fitted, { folder, flags, seeds, notes });
      results.push({ study, ...found });
      notes.flush();
      if (flags.json !== true) print(found.result, flags.quick === true);
    }
  } finally {
    model?.close();
  }
  for (const { kind, neurons, modelHash, model: its } of fitted) {
    if (results.some(({ origin }) => origin.weights === modelHash)) continue;
    notes.note(
      `--hidden: ${kind}, ${neurons} neurons, of ${its} belongs to no model of these studies`,
    );
  }
  notes.flush();
  if (flags.json !== true) return;
  const described = results.map(({ study, result: { title, notes: said, rows }, origin }) => ({
    ...origin,
    name: study.name,
    title,
    notes: said,
    rows,
  }));
  process.stdout.write(`${toJson({ studies: described })}\n`);
}

/** What is the same for every study of a call. */
interface RunSettings {
  readonly folder: string;
  readonly flags: ReproduceFlags;
  readonly seeds: number | undefined;
  readonly notes: Notes;
}

async function runStudy(
  study: NamedStudy,
  model: Model,
  fitted: readonly FittedHidden[],
  { folder, flags, seeds, notes }: RunSettings,
): Promise<{ result: StudyResult; origin: Origin }> {
  const { sha256: inputs, run } = await study.open();
  const quick = flags.quick === true;
  const weights = await model.weightsHash();
  const own = fitted.filter(({ modelHash }) => modelHash === weights);
  const command = [
    ...['reproduce', study.name],
    ...(quick ? ['--quick'] : []),
    ...(seeds === undefined ? [] : ['--seeds', String(seeds)]),
    ...(flags.hidden && own.length > 0 ? ['--hidden', ...flags.hidden] : []),
  ];
  const origin: Origin = {
    command: describeCommandLine(command),
    quick,
    model: model.name,
    weights,
    inputs,
    build: model.build,
    versions: readVersions(),
  };
  const units = await openUnits(join(folder, `${study.name}.json`), origin, flags.resume === true);
  if (units.count > 0) notes.note(`${study.name}: ${count(units.count, 'part')} measured before`);
  const started = performance.now();
  const options: StudyOptions = {
    quick,
    ...(seeds === undefined ? {} : { seeds }),
    fitted: own,
    known: units.known,
    onUnit: units.add,
    onProgress: (fraction, what) => {
      const left = describeTimeLeft(fraction, performance.now() - started);
      notes.progress(fraction, [`${study.name}: ${what}`, left].filter(Boolean).join(', '));
    },
  };
  const result = await run(model, options);
  const { files, textInPng } = await writeStudy(folder, study.name, result, origin);
  notes.note(`${study.name}: ${count(files.length, 'file')} in ${folder}`);
  if (!textInPng) {
    notes.note(
      'the PNG figures have no text, as this system has no font; the SVG figures are whole',
    );
  }
  return { result, origin };
}

function print({ title, tables, rows }: StudyResult, quick: boolean): void {
  const terminal = describeTerminal(process.stdout);
  const parts = [styled(title, 'bold', terminal)];
  for (const table of tables) {
    const own = rows.filter((row) => row.table === table.name);
    if (own.length === 0 || table.data) continue;
    const cells = tableCells(table, own);
    parts.push(wrap(table.title, textWidth(terminal)));
    parts.push(drawTable(cells.columns, cells.rows, terminal));
  }
  const verdicts = [describeSample(rows), countVerdicts(rows), ...(quick ? [quickNote] : [])].join(
    ' ',
  );
  parts.push(wrap(verdicts, textWidth(terminal)));
  process.stdout.write(`${parts.join('\n')}\n\n`);
}

function listStudies({ json }: ReproduceFlags): void {
  const list = studies.map(({ name, model, summary }) => ({ name, model, summary }));
  if (json === true) {
    process.stdout.write(`${toJson({ studies: list })}\n`);
    return;
  }
  const columns = (['study', 'model', 'what it asks'] as const).map((header) => ({
    header,
    align: 'left' as const,
  }));
  const rows = list.map(({ name, model, summary }) => [name, model, summary]);
  process.stdout.write(`${drawTable(columns, rows, describeTerminal(process.stdout))}\n`);
}
