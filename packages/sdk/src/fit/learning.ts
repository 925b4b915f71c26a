import type { Kernels } from '@tripartite/kernels';
import type { HeadFit } from './head-fit.js';
import {
  countQueries,
  type HeadLosses,
  measureBatch,
  type StepRoom,
  takeStep,
} from './learn-step.js';
import type { FitSettings } from './options.js';
import { rateAt } from './schedule.js';
import type { PooledInput } from './token-pool.js';

/** Sum over the heads of KL(p ‖ p̂) + λ (ln ĝ − ln g)², means over queries. */
export function totalLoss({ divergence, response }: HeadLosses, weight: number): number {
  return divergence.reduce((sum, kl, at) => sum + kl + weight * (response[at] as number), 0);
}

/** Mean losses of each head over inputs, in batches that `room` holds. */
export function measureInputs(
  kernels: Kernels,
  fits: readonly HeadFit[],
  inputs: readonly PooledInput[],
  room: StepRoom,
  response: number,
): HeadLosses {
  const sums = {
    divergence: new Float64Array(fits.length),
    response: new Float64Array(fits.length),
  };
  for (let at = 0; at < inputs.length; at += room.batch) {
    const part = inputs.slice(at, at + room.batch);
    const losses = measureBatch(kernels, fits, part, room, { response, measure: true });
    for (const name of ['divergence', 'response'] as const) {
      losses[name].forEach((loss, head) => {
        sums[name][head] = (sums[name][head] as number) + loss * countQueries(part, head);
      });
    }
  }
  const meanOf = (sum: number, head: number) => sum / countQueries(inputs, head);
  return { divergence: sums.divergence.map(meanOf), response: sums.response.map(meanOf) };
}

/** One step of learning on a batch; gives its loss. */
export function learnStep(
  kernels: Kernels,
  fits: readonly HeadFit[],
  batch: readonly PooledInput[],
  room: StepRoom,
  step: number,
  { steps, rate, response }: Pick<FitSettings, 'steps' | 'rate' | 'response'>,
): number {
  const losses = measureBatch(kernels, fits, batch, room, { response, measure: true });
  takeStep(kernels, fits, room, batch.length, step, rate * rateAt(step, steps));
  return totalLoss(losses, response);
}
