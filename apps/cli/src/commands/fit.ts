import { createHash } from 'node:crypto';
import {
  describeEngine,
  encodeHidden,
  type FitOptions,
  type FitSettings,
  type FittedHidden,
  fit,
  fitDefaults,
  type Model,
  type ModelInput,
  TripartiteError,
} from '@tripartite/sdk';
import { type EngineFlags, parseEngine } from '../engine-options.js';
import { type CheckpointFile, checkpointFile } from '../fit-checkpoint.js';
import { type FitFileFlags, gatherFitFiles, makeFitInputs } from '../fit-inputs.js';
import { type FitSettingFlags, parseFitSettings } from '../fit-options.js';
import { chooseModel } from '../model-choice.js';
import { parseWhole } from '../options.js';
import { createFitProgress, type FitProgressView } from '../output/fit-progress.js';
import { fitToJson, formatFit } from '../output/fit-text.js';
import { createNotes } from '../output/progress.js';
import { describeTerminal } from '../output/terminal.js';
import { type StopSignals, stopOnSignals } from '../stop-signals.js';
import { readVersions } from '../versions.js';
import { checkFileTarget, removeHalfWritten, tryRoom, writeWhole } from '../write-file.js';

/** Options of `tripartite fit` as they come from the command line. */
export interface FitFlags extends FitFileFlags, FitSettingFlags, Pick<EngineFlags, 'threads'> {
  readonly model?: string;
  readonly out: string;
  readonly views?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `tripartite fit`: fits the hidden neurons of every head to the user's own texts or pictures. */
export async function runFit(flags: FitFlags): Promise<void> {
  const settings = parseFitSettings(flags);
  const views = parseViews(flags);
  const engine = parseEngine({ threads: flags.threads ?? 'all' });
  const out = await checkFileTarget('--out', flags.out);
  const files = await gatherFitFiles(flags);
  const quiet = flags.quiet === true;
  const notes = createNotes(quiet);
  const model = await chooseModel(flags.model, files, engine, notes);
  try {
    await tryRoom(out, roomNeeded(model, { ...fitDefaults, ...settings }));
    const { seed } = settings;
    const { inputs, sources } = await makeFitInputs(model, files, {
      ...(views !== undefined && { views }),
      ...(seed !== undefined && { seed }),
    });
    const checkpoint = checkpointFile(out, notes);
    const view = createFitProgress(notes, { quiet, kind: settings.kind });
    const stop = stopOnSignals();
    const watch = { checkpoint, view, stop };
    const fitted = await fitOn(model, inputs, { ...settings, sources }, watch).finally(
      stop.release,
    );
    if (!fitted) {
      notes.note(describeStop(checkpoint));
      notes.flush();
      process.exitCode = stop.code ?? 1;
      return;
    }
    const bytes = encodeHidden(fitted);
    await writeWhole(out, bytes);
    await checkpoint.remove();
    await removeHalfWritten(out);
    notes.flush();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const outcome = { fitted, course: view.course, file: out, bytes: bytes.length, sha256 };
    if (flags.json === true) {
      const beside = { build: model.build, versions: readVersions() };
      process.stdout.write(`${fitToJson(outcome, beside)}\n`);
      return;
    }
    const table = formatFit(outcome, describeTerminal(process.stdout));
    process.stdout.write(
      `${table}\nComputed on ${describeEngine(model)}. To use it: tripartite compare --hidden ${flags.out}\n`,
    );
  } finally {
    model.close();
  }
}

/** The fitted layer; `undefined` where a signal stopped it. */
async function fitOn(
  model: Model,
  inputs: readonly ModelInput[],
  settings: Partial<FitSettings> & Pick<FitOptions, 'sources'>,
  {
    checkpoint,
    view,
    stop,
  }: {
    readonly checkpoint: CheckpointFile;
    readonly view: FitProgressView;
    readonly stop: StopSignals;
  },
): Promise<FittedHidden | undefined> {
  try {
    return await fit(model, inputs, {
      ...settings,
      checkpoint,
      signal: stop.signal,
      onProgress: view.report,
    });
  } catch (error) {
    const stopped = error instanceof TripartiteError && error.code === 'ABORTED';
    if (stopped && stop.code !== undefined) return undefined;
    throw checkpoint.explain(error, Object.keys(view.course.steps).length);
  }
}

function parseViews({ views, image }: FitFlags): number | undefined {
  if (views === undefined) return undefined;
  if (image !== undefined) return parseWhole('--views', views, 1, 10_000);
  throw new TripartiteError('BAD_INPUT', '--views came without --image; views are of pictures');
}

/** Bytes that the layer takes with two checkpoints, the old one while the new one is written. */
function roomNeeded(
  { layers, plan }: Model,
  { kind, neurons }: Pick<FitSettings, 'kind' | 'neurons'>,
): number {
  const numbers = layers.reduce(
    (sum, { heads, headWidth }) =>
      sum + 2 * heads * (neurons * (headWidth + 1) + headWidth * (headWidth + 3)),
    0,
  );
  const projections = plan.steps.reduce((sum, step) => {
    if (step.op !== 'block') return sum;
    const { qkv, output } = step.block;
    return sum + (qkv.input + 1) * qkv.output + (output.input + 1) * output.output;
  }, 0);
  // A checkpoint has Adam's two running means beside each number.
  return 4 * (1 + 2 * 3) * (numbers + (kind === 'adapted' ? projections : 0));
}

function describeStop({ exists, path }: CheckpointFile): string {
  return exists
    ? `stopped; the same command goes on from ${path}`
    : 'stopped before the first step; nothing was written';
}
