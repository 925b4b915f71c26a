import { TripartiteError } from '../errors.js';
import { giveWay } from '../event-loop.js';
import { checkAborted } from '../transformer/model.js';
import type { HeldOutLoss } from './checkpoint.js';

/** Measurements of the held-out loss in a phase. */
const measurements = 30;
/** A phase ends where its last measurements, past half its steps, have not brought the loss down by this share. */
const patience = 5;
const leastGain = 1e-3;

/** One phase of a fit: steps at a rate that rises and falls, the held-out loss measured now and then. */
export interface Phase {
  readonly name: string;
  readonly steps: number;
  /** Steps done before, where a fit goes on, with the losses measured in them. */
  readonly from: number;
  readonly history: readonly HeldOutLoss[];
  /** One step; gives its loss. */
  step(step: number): Promise<number>;
  /** The held-out loss as things stand. */
  measure(): number;
  /** Called after each step. */
  readonly onStep?: (progress: PhaseProgress) => Promise<void> | void;
  readonly signal?: AbortSignal | undefined;
}

/** Where a phase stands after a step. */
export interface PhaseProgress {
  readonly phase: string;
  /** Steps done, of how many. */
  readonly step: number;
  readonly steps: number;
  /** Loss of the last batch. */
  readonly loss: number;
  readonly history: readonly HeldOutLoss[];
}

/** Whether the held-out loss has stopped falling; never in the first half, where the rate is high and the loss noisy. */
export function hasSettled(history: readonly HeldOutLoss[], steps: number): boolean {
  const late = history.filter(({ step }) => step > steps / 2);
  if (late.length <= patience) return false;
  const lowest = (losses: readonly HeldOutLoss[]) =>
    losses.reduce((least, { loss }) => Math.min(least, loss), Infinity);
  return lowest(late.slice(-patience)) > lowest(late.slice(0, -patience)) * (1 - leastGain);
}

/**
 * Runs a phase to its end; gives all held-out losses. Throws `ABORTED`, and `DIVERGED` where the loss is no number any
 * more.
 */
export async function runPhase(phase: Phase): Promise<HeldOutLoss[]> {
  const { name, steps, from, signal } = phase;
  const every = Math.max(1, Math.floor(steps / measurements));
  const history = [...phase.history];
  for (let step = from; step < steps && !hasSettled(history, steps); step++) {
    await giveWay();
    checkAborted(signal);
    const loss = await phase.step(step);
    if (!Number.isFinite(loss)) {
      throw new TripartiteError(
        'DIVERGED',
        `fit: the loss of step ${step + 1} of ${name} is ${loss}; a lower rate is needed`,
      );
    }
    const done = step + 1;
    if (done % every === 0 || done === steps) history.push({ step: done, loss: phase.measure() });
    await phase.onStep?.({ phase: name, step: done, steps, loss, history });
  }
  return history;
}
