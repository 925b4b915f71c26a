import type { Statistics } from '../hidden/statistics.js';
import type { Model } from '../transformer/model.js';
import type { PreparedInput } from '../transformer/stream.js';
import { type Adaptation, createAdaptation } from './adaptation.js';
import { type HeadFit, placeHeadFit } from './head-fit.js';
import { type PlacedMaps, placeMaps } from './head-tokens.js';
import type { FitInputs } from './inputs.js';
import { makeRoom, type StepRoom } from './learn-step.js';
import type { FitSettings } from './options.js';
import { createPoolHolder, dividePools, type PoolHolder } from './pools.js';
import {
  placeReverseWeights,
  type ReverseWeights,
  tunableLinears,
} from './reverse/reverse-weights.js';
import { type StoredInput, storeInputs } from './stored-inputs.js';

/** What is being read while a fit waits for tokens: so many inputs of how many. */
export type OnReading = (done: number, count: number) => void;

/** Everything that the phases of a fit work on; lives in the model's arena, within one turn. */
export interface FitSession {
  readonly model: Model;
  readonly settings: FitSettings;
  /** Every head of the model, layer by layer. */
  readonly fits: readonly HeadFit[];
  readonly room: StepRoom;
  readonly maps: PlacedMaps;
  /** What the model reads of an input, by number. */
  prepare(number: number): PreparedInput;
  /** The transformer's weights as the way back needs them, where the output is tuned. */
  readonly weights?: ReverseWeights;
  /** Its own projections, where they are tuned too. */
  readonly adaptation?: Adaptation;
  /** Inputs that are never fitted on. */
  readonly heldOut: readonly StoredInput[];
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
  const tuned = settings.kind !== 'learned';
  const room = makeRoom(kernels, fits, settings.batch, tuned);
  const adapted = settings.kind === 'adapted';
  const weights = tuned
    ? placeReverseWeights(model, adapted ? tunableLinears(model.plan) : [])
    : undefined;
  const adaptation = adapted && weights ? createAdaptation(kernels, weights) : undefined;
  const maps = placeMaps(kernels, fits);
  const pools = dividePools(model, inputs);
  const heldOut = await storeInputs(model, inputs.heldOut, inputs.prepare, {
    outputs: tuned,
    signal,
    onInput: (done) => onReading?.(done, inputs.heldOut.length),
  });
  const holder = createPoolHolder(model, inputs, pools, {
    outputs: tuned,
    signal,
    onPool: (pool, done) => onReading?.(done, pools[pool]?.length ?? 0),
  });
  return {
    model,
    settings,
    fits,
    room,
    maps,
    prepare: inputs.prepare,
    ...(weights && { weights }),
    ...(adaptation && { adaptation }),
    heldOut,
    pools,
    holder,
  };
}
