import { calibratePrepared } from '../compare/calibrate.js';
import type { FittedHidden } from '../hidden/fitted/fitted-hidden.js';
import type { ModelInput } from '../transformer/inputs.js';
import { checkAborted, type Model } from '../transformer/model.js';
import { takeTurn } from '../turns.js';
import { headLayer } from './head-fit.js';
import { divideInputs, type FitInputs, hashInputs } from './inputs.js';
import { fitMatched } from './matched.js';
import { checkSettings, type FitSettings } from './options.js';
import type { PhaseProgress } from './phase.js';
import { type CheckpointStore, runPhases } from './phases.js';
import { measureQuality } from './quality.js';
import { openSession } from './session.js';

/** Inputs whose queries and keys the balance is taken from. */
const calibrationInputs = 128;

/** What a fit is doing. */
export interface FitReport {
  readonly what: string;
  /** Absent while inputs are read. */
  readonly progress?: PhaseProgress;
}

/** Options of `fit`; the settings decide the result, the others do not. */
export interface FitOptions extends Partial<FitSettings> {
  /**
   * What each input is a part or a view of (a paragraph, a photograph): inputs of one source are held out together.
   * Default: each stands for itself.
   */
  readonly sources?: readonly (string | number)[];
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
  { sources, checkpoint, signal, onProgress, ...given }: FitOptions = {},
): Promise<FittedHidden> {
  const settings = checkSettings(given);
  checkAborted(signal);
  const divided = divideInputs(model, inputs, { ...settings, sources });
  const [modelHash, dataHash] = [await model.weightsHash(), await hashInputs(inputs)];
  onProgress?.({ what: 'calibrating' });
  const identity = JSON.stringify({ modelHash, dataHash, heldOut: divided.heldOut, settings });
  const calibrated = divided.training.slice(0, calibrationInputs).map(divided.input);
  const made =
    settings.kind === 'matched'
      ? { layers: await fitMatched(model, calibrated, settings, signal) }
      : await learn(model, divided, settings, identity, { checkpoint, signal, onProgress });
  const fitted: FittedHidden = {
    kind: settings.kind,
    neurons: settings.neurons,
    // Matched layers treat queries and keys alike.
    shared: settings.shared || settings.kind === 'matched',
    model: model.name,
    modelHash,
    dataHash,
    inputs: inputs.length,
    seed: settings.seed,
    settings: { ...settings },
    quality: {},
    ...made,
  };
  onProgress?.({ what: 'measuring' });
  return { ...fitted, quality: await measureQuality(model, fitted, divided, signal) };
}

/** Runs the phases of a kind that is learned; `identity` is what a checkpoint must agree with. */
async function learn(
  model: Model,
  divided: FitInputs,
  settings: FitSettings,
  identity: string,
  {
    checkpoint,
    signal,
    onProgress,
  }: {
    readonly checkpoint: CheckpointStore | undefined;
    readonly signal: AbortSignal | undefined;
    readonly onProgress: FitOptions['onProgress'] | undefined;
  },
): Promise<Pick<FittedHidden, 'layers' | 'tensors'>> {
  const statistics = await calibratePrepared(
    model,
    divided.training.slice(0, calibrationInputs).map(divided.prepare),
    signal ? { signal } : {},
  );
  return takeTurn(model.kernels, async () => {
    const { arena } = model.kernels;
    const mark = arena.mark();
    try {
      const session = await openSession(model, settings, divided, statistics, {
        signal,
        onReading: (done, count) => onProgress?.({ what: `reading input ${done} of ${count}` }),
      });
      await runPhases(session, {
        identity,
        checkpoint,
        signal,
        onStep: (progress) => onProgress?.({ what: progress.phase, progress }),
      });
      const layers = model.layers.map((_, layer) =>
        session.fits
          .filter(({ place }) => place.layer === layer)
          .map((head) => headLayer(model.kernels, head, settings.kind)),
      );
      const tensors = session.adaptation?.tensors();
      return { layers, ...(tensors && { tensors }) };
    } finally {
      arena.release(mark);
    }
  });
}
