import { readBatch } from './head-tokens.js';
import { type HeadLosses, measureBatch, takeStep } from './learn-step.js';
import { rateAt } from './schedule.js';
import type { FitSession } from './session.js';
import type { StoredInput } from './stored-inputs.js';

/** Sum over the heads of KL(p ‖ p̂) + λ (ln ĝ − ln g)², means over queries. */
export function totalLoss({ divergence, response }: HeadLosses, weight: number): number {
  return divergence.reduce((sum, kl, at) => sum + kl + weight * (response[at] as number), 0);
}

/** Mean losses of each head over a batch, its gradients in the session's room. */
export function learnBatch(
  { model, fits, maps, room, settings }: FitSession,
  batch: readonly StoredInput[],
  factor: number,
): HeadLosses {
  const { kernels } = model;
  const mark = kernels.arena.mark();
  try {
    const tokens = readBatch(model, fits, maps, batch);
    const { response } = settings;
    return measureBatch(kernels, fits, tokens, room, { response, measure: true, factor });
  } finally {
    kernels.arena.release(mark);
  }
}

/** The loss of learning on the held-out inputs, every input as heavy as its batch. */
export function measureHeldOut(session: FitSession): number {
  const { heldOut, room, settings } = session;
  let sum = 0;
  for (let at = 0; at < heldOut.length; at += room.batch) {
    const part = heldOut.slice(at, at + room.batch);
    sum += totalLoss(learnBatch(session, part, 1), settings.response) * part.length;
  }
  return sum / heldOut.length;
}

/** One step of learning on a batch; gives its loss. */
export function learnStep(
  session: FitSession,
  batch: readonly StoredInput[],
  step: number,
): number {
  const { model, fits, room, settings } = session;
  const losses = learnBatch(session, batch, 1);
  const rate = settings.rate * rateAt(step, settings.steps);
  takeStep(model.kernels, fits, room, { first: batch.length, second: 0 }, step, rate);
  return totalLoss(losses, settings.response);
}
