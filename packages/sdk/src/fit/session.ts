import type { Statistics } from '../hidden/statistics.js';
import type { Model } from '../transformer/model.js';
import { type HeadFit, placeHeadFit } from './head-fit.js';
import type { FitInputs } from './inputs.js';
import { makeRoom, type StepRoom } from './learn-step.js';
import type { FitSettings } from './options.js';
import { createPoolHolder, dividePools, type PoolHolder } from './pools.js';
import { fillPool, type PooledInput, placeMaps } from './token-pool.js';

/** What is being read while a fit waits for tokens: so many inputs of how many. */
export type OnReading = (done: number, count: number) => void;

/** Everything that the phases of a fit work on; lives in the model's arena, within one turn. */
export interface FitSession {
  readonly model: Model;
  readonly settings: FitSettings;
  /** Every head of the model, layer by layer. */
  readonly fits: readonly HeadFit[];
  readonly room: StepRoom;
  /** Inputs that are never fitted on. */
  readonly heldOut: readonly PooledInput[];
  readonly pools: readonly (readonly number[])[];
  readonly holder: PoolHolder;
}

/** Places the fit of every head, and reads the held-out inputs. */
export async function openSession(
  model: Model,
  settings: FitSettings,
  inputs: FitInputs,
  statistics: Statistics,
  { signal, onReading }: { signal?: AbortSignal | undefined; onReading?: OnReading },
): Promise<FitSession> {
  const { kernels } = model;
  const fits = model.layers.flatMap(({ heads, headWidth: width }, layer) =>
    Array.from({ length: heads }, (_, head) => {
      const moments = statistics.layers[layer]?.[head];
      if (!moments) throw new Error(`no statistics of head ${layer}.${head}`);
      const place = { layer, head, width };
      return placeHeadFit(kernels, place, moments, settings.neurons, settings.shared);
    }),
  );
  const room = makeRoom(kernels, fits, settings.batch);
  const maps = placeMaps(kernels, fits);
  const pools = dividePools(fits, inputs, model.tokenLimit);
  const heldOut = await fillPool(model, fits, maps, inputs.heldOut, inputs.prepare, {
    signal,
    onInput: (done) => onReading?.(done, inputs.heldOut.length),
  });
  const holder = createPoolHolder(model, fits, maps, inputs, pools, {
    signal,
    onPool: (pool, done) => onReading?.(done, pools[pool]?.length ?? 0),
  });
  return { model, settings, fits, room, heldOut, pools, holder };
}

/** The pool that a step of a phase draws from: each for an equal part of the phase, one after another. */
export function poolOfStep(pools: number, step: number, steps: number): number {
  return Math.min(pools - 1, Math.floor((step * pools) / steps));
}
