import type { Kernels } from '@tripartite/kernels';
import { createBatches } from './batches.js';
import { encodeProgress, type FitProgress, type FitState, restoreProgress } from './checkpoint.js';
import { readBatch } from './head-tokens.js';
import { learnStep, measureHeldOut } from './learning.js';
import { type PhaseProgress, runPhase } from './phase.js';
import { poolOfStep } from './pools.js';
import type { FitSession } from './session.js';
import { startWeights } from './start-weights.js';
import type { StoredInput } from './stored-inputs.js';
import { createTuning } from './tuning.js';

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

/** How the phases of a fit are watched and kept. */
export interface PhaseOptions {
  /** What a checkpoint must agree with: model, inputs and settings. */
  readonly identity: string;
  readonly checkpoint?: CheckpointStore | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each step. */
  readonly onStep?: (progress: PhaseProgress) => void;
}

/** What a phase does: a step on a batch, which gives its loss, and the held-out loss. */
interface PhaseWork {
  readonly steps: number;
  step(batch: readonly StoredInput[], step: number): number;
  measure(): number;
}

/** The phases of a kind, in order; each is made when it begins. */
const phasesOf: Readonly<Record<string, readonly string[]>> = {
  learned: ['learn'],
  'fine-tuned': ['learn', 'tune'],
  adapted: ['learn', 'adapt'],
};

function prepareWork(session: FitSession, phase: string): PhaseWork {
  const { settings, weights } = session;
  if (phase !== 'learn' && weights) {
    return { steps: settings.tuneSteps, ...createTuning(session, weights) };
  }
  return {
    steps: settings.steps,
    step: (batch, step) => learnStep(session, batch, step),
    measure: () => measureHeldOut(session),
  };
}

/** All that a fit changes. */
function stateOf({ fits, adaptation }: FitSession): FitState {
  const heads = fits.flatMap(({ parameters, firstMoment, secondMoment, layout }, at) =>
    Object.entries({ parameters, firstMoment, secondMoment }).map(
      ([name, pointer]) => [`heads.${at}.${name}`, { at: pointer, count: layout.length }] as const,
    ),
  );
  const own = (adaptation?.rows ?? []).flatMap(
    ({ parameters, firstMoment, secondMoment, count }, at) =>
      Object.entries({ parameters, firstMoment, secondMoment }).map(
        ([name, pointer]) => [`projections.${at}.${name}`, { at: pointer, count }] as const,
      ),
  );
  return Object.fromEntries([...heads, ...own]);
}

/** Sets Adam's running means to 0, as a phase begins. */
function forgetMoments({ arena }: Kernels, state: FitState): void {
  for (const [name, { at, count }] of Object.entries(state)) {
    if (name.endsWith('Moment')) arena.viewFloats(at, count).fill(0);
  }
}

/** Runs all phases of a fit, from the last checkpoint where there is one. */
export async function runPhases(
  session: FitSession,
  { identity, checkpoint, signal, onStep }: PhaseOptions,
): Promise<void> {
  const { model, settings, fits, maps, pools, holder, weights } = session;
  const { kernels } = model;
  const names = phasesOf[settings.kind] ?? [];
  const saved = await checkpoint?.load();
  const state = stateOf(session);
  const before: FitProgress | undefined = saved && restoreProgress(kernels, state, saved, identity);
  if (before) weights?.repack();
  if (!before) {
    const mark = kernels.arena.mark();
    const tokens = readBatch(model, fits, maps, (await holder.hold(0)).slice(0, startInputs));
    fits.forEach((head, at) => {
      startWeights(kernels, head, tokens[at] ?? [], settings.seed);
    });
    kernels.arena.release(mark);
  }
  const keep = async (progress: FitProgress): Promise<void> =>
    checkpoint?.save(encodeProgress(kernels, state, progress, identity));
  let kept = performance.now();
  for (const name of names.slice(Math.max(0, names.indexOf(before?.phase ?? '')))) {
    const resumed = before?.phase === name ? before : undefined;
    if (!resumed) forgetMoments(kernels, state);
    const work = prepareWork(session, name);
    const batches = pools.map((pool, at) =>
      createBatches(pool.length, settings.batch, settings.seed, `${name} ${at}`),
    );
    let last: PhaseProgress | undefined;
    const phase = runPhase({
      name,
      steps: work.steps,
      from: resumed?.step ?? 0,
      history: resumed?.history ?? [],
      signal,
      async step(step) {
        const pool = poolOfStep(pools.length, step, work.steps);
        const inputs = await holder.hold(pool);
        const chosen = batches[pool]?.(step) ?? [];
        return work.step(
          chosen.map((at) => inputs[at] as StoredInput),
          step,
        );
      },
      measure: work.measure,
      async onStep(progress) {
        onStep?.(progress);
        last = progress;
        if (performance.now() - kept < (checkpoint?.pause ?? checkpointPause)) return;
        await keep(progress);
        kept = performance.now();
      },
    });
    await phase.catch(async (error: unknown) => {
      // Between steps, so that nothing of the last one is lost.
      if (signal?.aborted && last) await keep(last);
      throw error;
    });
  }
}
