import { calibratePrepared } from '../compare/calibrate.js';
import type { FittedHidden } from '../hidden/fitted/fitted-hidden.js';
import type { ModelInput } from '../transformer/inputs.js';
import { checkAborted, type Model } from '../transformer/model.js';
import { takeTurn } from '../turns.js';
import { createBatches } from './batches.js';
import { encodeProgress, type FitProgress, restoreProgress } from './checkpoint.js';
import { headLayer } from './head-fit.js';
import { divideInputs, hashInputs } from './inputs.js';
import { learnStep, measureInputs, totalLoss } from './learning.js';
import { fitMatched } from './matched.js';
import { checkSettings, type FitSettings } from './options.js';
import { type PhaseProgress, runPhase } from './phase.js';
import { type FitSession, openSession, poolOfStep } from './session.js';
import { startWeights } from './start-weights.js';

/** Inputs whose queries and keys the balance is taken from. */
const calibrationInputs = 128;
/** Inputs of the first pool that the neurons' start is drawn from. */
const startInputs = 64;
/** Milliseconds between two checkpoints, unless their store says otherwise. */
const checkpointPause = 20_000;

/** Where checkpoints of a fit are kept, so that it can go on after it was killed. */
export interface CheckpointStore {
  /** The last one saved; `undefined` where there is none. */
  load(): Promise<Uint8Array | undefined>;
  /** To be kept whole or not at all. */
  save(bytes: Uint8Array): Promise<void>;
  /** Least milliseconds between two of them, read before each. Default 20 000; 0 keeps every step. */
  readonly pause?: number;
}

/** What a fit is doing. */
export interface FitReport {
  /** Share of the work done. */
  readonly fraction: number;
  readonly what: string;
  /** Absent while inputs are read. */
  readonly progress?: PhaseProgress;
}

/** Options of `fit`; the settings decide the result, the others do not. */
export interface FitOptions extends Partial<FitSettings> {
  readonly checkpoint?: CheckpointStore;
  readonly signal?: AbortSignal;
  readonly onProgress?: (report: FitReport) => void;
}

/**
 * Fits the hidden neurons of every head of a transformer to inputs (docs/model.md 2). The same model, inputs and settings
 * give the same layers, also after a stop and a start from a checkpoint, and for any number of threads. Other runs on the
 * model wait until it has ended. Throws `BAD_INPUT`, `BAD_TEXT`, `BAD_IMAGE`, `ABORTED`, `DIVERGED`, `OUT_OF_MEMORY`,
 * `BAD_CHECKPOINT`.
 */
export async function fit(
  model: Model,
  inputs: readonly ModelInput[],
  { checkpoint, signal, onProgress, ...given }: FitOptions = {},
): Promise<FittedHidden> {
  const settings = checkSettings(given);
  checkAborted(signal);
  const divided = divideInputs(model, inputs, settings);
  const [modelHash, dataHash] = [await model.weightsHash(), await hashInputs(inputs)];
  const identity = JSON.stringify({ modelHash, dataHash, settings });
  const facts = {
    kind: settings.kind,
    neurons: settings.neurons,
    model: model.name,
    modelHash,
    dataHash,
    inputs: inputs.length,
    seed: settings.seed,
    settings: { ...settings },
    quality: {},
  };
  if (settings.kind === 'matched') {
    const training = divided.training.map(divided.input);
    const layers = await fitMatched(model, training, settings, signal);
    return { ...facts, shared: true, layers };
  }
  const read = (what: string) => (done: number, count: number) =>
    onProgress?.({ fraction: 0, what: `${what} ${done} of ${count}` });
  const statistics = await calibratePrepared(
    model,
    divided.training.slice(0, calibrationInputs).map(divided.prepare),
    signal ? { signal } : {},
  );
  const layers = await takeTurn(model.kernels, async () => {
    const mark = model.kernels.arena.mark();
    try {
      const session = await openSession(model, settings, divided, statistics, {
        signal,
        onReading: read('reading input'),
      });
      await learn(session, identity, { checkpoint, signal, onProgress });
      return model.layers.map((_, layer) =>
        session.fits
          .filter(({ place }) => place.layer === layer)
          .map((head) => headLayer(model.kernels, head, settings.kind)),
      );
    } finally {
      model.kernels.arena.release(mark);
    }
  });
  return { ...facts, shared: settings.shared, layers };
}

/** How a phase of a fit is watched and kept. */
interface PhaseOptions {
  readonly checkpoint?: CheckpointStore | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((report: FitReport) => void) | undefined;
}

/** Begins, or goes on with, the phase in which every head learns softmax's attention by itself. */
async function learn(
  session: FitSession,
  identity: string,
  { checkpoint, signal, onProgress }: PhaseOptions,
): Promise<void> {
  const { model, settings, fits, room, heldOut, pools, holder } = session;
  const { kernels } = model;
  const saved = await checkpoint?.load();
  let before: FitProgress = { phase: 'learn', step: 0, history: [] };
  if (saved) before = restoreProgress(kernels, fits, saved, identity);
  else {
    const first = (await holder.hold(0)).slice(0, startInputs);
    fits.forEach((head, at) => {
      startWeights(kernels, head, at, first, settings.seed);
    });
  }
  const batchesOf = pools.map((pool, at) =>
    createBatches(pool.length, settings.batch, settings.seed, at),
  );
  const keep = async (progress: FitProgress) =>
    checkpoint?.save(encodeProgress(kernels, fits, progress, identity));
  let kept = performance.now();
  let last: FitProgress | undefined;
  const phase = runPhase({
    name: 'learn',
    steps: settings.steps,
    from: before.step,
    history: before.history,
    signal,
    async step(step) {
      const pool = poolOfStep(pools.length, step, settings.steps);
      const inputs = await holder.hold(pool);
      const batch = (batchesOf[pool]?.(step) ?? []).map(
        (at) => inputs[at] as (typeof inputs)[number],
      );
      return learnStep(kernels, fits, batch, room, step, settings);
    },
    measure: () =>
      totalLoss(measureInputs(kernels, fits, heldOut, room, settings.response), settings.response),
    async onStep(progress) {
      onProgress?.({ fraction: progress.step / progress.steps, what: 'learning', progress });
      last = progress;
      if (performance.now() - kept < (checkpoint?.pause ?? checkpointPause)) return;
      kept = performance.now();
      await keep(progress);
    },
  });
  await phase.catch(async (error: unknown) => {
    // Between steps, so that nothing of the last one is lost.
    if (signal?.aborted && last) await keep(last);
    throw error;
  });
}
