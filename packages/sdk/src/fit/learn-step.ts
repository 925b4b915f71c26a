import { type KernelCall, type Kernels, ownScratch, type Pointer } from '@tripartite/kernels';
import { boundCurvature, type HeadFit } from './head-fit.js';
import type { HeadTokens } from './head-tokens.js';
import { optimise } from './optimiser.js';

/** Mean losses of each head, per query. */
export interface HeadLosses {
  /** KL(p ‖ p̂) of attention, nats. */
  readonly divergence: Float64Array;
  /** (ln ĝ − ln g)² of the response. */
  readonly response: Float64Array;
}

/** Room in the arena for the gradients of a batch and for their losses. */
export interface StepRoom {
  /** By head: a row of its parameters for each input; twice as many where the output is tuned besides. */
  readonly gradients: readonly Pointer[];
  readonly losses: Pointer;
  readonly batch: number;
}

/** Makes room for batches of up to `batch` inputs; `twice` for fine-tuning. */
export function makeRoom(
  { arena }: Kernels,
  fits: readonly HeadFit[],
  batch: number,
  twice: boolean,
): StepRoom {
  const rows = twice ? 2 * batch : batch;
  return {
    gradients: fits.map(({ layout }) => arena.floats(rows * layout.length)),
    losses: arena.allocate(16 * batch * fits.length),
    batch,
  };
}

/** Options of `measureBatch`. */
interface MeasureOptions {
  /** λ, the weight of the response. */
  readonly response: number;
  /** Whether the divergence is wanted, which costs a logarithm a pair of tokens. */
  readonly measure: boolean;
  /** What the gradients are multiplied by. Default 1. */
  readonly factor?: number;
}

/** Losses of a batch, its tokens by head, then input, and its gradients in `room`. Threads share inputs and heads. */
export function measureBatch(
  kernels: Kernels,
  fits: readonly HeadFit[],
  tokens: readonly (readonly HeadTokens[])[],
  room: StepRoom,
  { response, measure, factor = 1 }: MeasureOptions,
): HeadLosses {
  const queries = tokens.map(countQueries);
  const most = tokens.flat().reduce((longest, { rows }) => Math.max(longest, rows), 0);
  const neurons = fits.reduce((largest, { shape }) => Math.max(largest, shape.neurons), 0);
  const calls = fits.flatMap(({ head, layout }, at) =>
    (tokens[at] ?? []).map(
      ({ rows, queries: q, keys: k, gains }, item): KernelCall => [
        'learnHead',
        (room.gradients[at] as Pointer) + 4 * item * layout.length,
        room.losses + 16 * (at * room.batch + item),
        head,
        q,
        k,
        gains,
        rows,
        response,
        factor / (queries[at] as number),
        measure,
        ownScratch,
      ],
    ),
  );
  kernels.run(calls, kernels.learnHeadScratch(most, neurons));
  const sums = kernels.arena.viewDoubles(room.losses, 2 * room.batch * fits.length);
  const meanOf = (part: 0 | 1) =>
    Float64Array.from(fits, (_, at) => {
      const own = (tokens[at] ?? []).map(
        (_input, item) => sums[2 * (at * room.batch + item) + part] as number,
      );
      return own.reduce((sum, loss) => sum + loss, 0) / (queries[at] as number);
    });
  return { divergence: meanOf(0), response: meanOf(1) };
}

/** Queries in all inputs of a head. */
export function countQueries(inputs: readonly HeadTokens[]): number {
  return inputs.reduce((sum, { rows }) => sum + rows, 0);
}

/** Rows of gradients that a step adds up: so many from the first half of the room, so many from the second. */
export interface StepRows {
  readonly first: number;
  readonly second: number;
}

/** One step of Adam on every head, by the sum of its rows of gradients; `step` counts from 0. */
export function takeStep(
  kernels: Kernels,
  fits: readonly HeadFit[],
  room: StepRoom,
  rows: StepRows,
  step: number,
  rate: number,
): void {
  const add = (half: 0 | 1, count: number): void =>
    kernels.run(
      fits.map(({ layout: { length } }, at): KernelCall => {
        const to = room.gradients[at] as Pointer;
        const from = to + 4 * half * room.batch * length;
        return ['sumRows', to, from, length, count, length, half > 0];
      }),
    );
  add(0, rows.first);
  if (rows.second > 0) add(1, rows.second);
  optimise(
    kernels,
    fits.map((fit, at) => ({
      ...fit,
      gradient: room.gradients[at] as Pointer,
      count: fit.layout.length,
    })),
    step,
    rate,
  );
  for (const fit of fits) boundCurvature(kernels, fit);
}
