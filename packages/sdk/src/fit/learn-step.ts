import { type KernelCall, type Kernels, ownScratch, type Pointer } from '@tripartite/kernels';
import { boundCurvature, type HeadFit } from './head-fit.js';
import type { HeadTokens, PooledInput } from './token-pool.js';

/** Adam's decays and floor. */
const [beta1, beta2, epsilon] = [0.9, 0.98, 1e-8];

/** Mean losses of each head, per query. */
export interface HeadLosses {
  /** KL(p ‖ p̂) of attention, nats. */
  readonly divergence: Float64Array;
  /** (ln ĝ − ln g)² of the response. */
  readonly response: Float64Array;
}

/** Room in the arena for the gradients of a batch, one row an input for each head, and for their losses. */
export interface StepRoom {
  readonly gradients: readonly Pointer[];
  readonly losses: Pointer;
  readonly batch: number;
}

/** Makes room for batches of up to `batch` inputs. */
export function makeRoom({ arena }: Kernels, fits: readonly HeadFit[], batch: number): StepRoom {
  return {
    gradients: fits.map(({ layout }) => arena.floats(batch * layout.length)),
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
}

/** Losses of a batch, and its gradients in `room`, one row an input. Threads share the inputs and heads. */
export function measureBatch(
  kernels: Kernels,
  fits: readonly HeadFit[],
  inputs: readonly PooledInput[],
  room: StepRoom,
  { response, measure }: MeasureOptions,
): HeadLosses {
  const queries = fits.map((_, at) => countQueries(inputs, at));
  const tokens = inputs.flatMap(({ heads }) => heads);
  const most = tokens.reduce((longest, { rows }) => Math.max(longest, rows), 0);
  const neurons = fits.reduce((largest, { shape }) => Math.max(largest, shape.neurons), 0);
  const calls = fits.flatMap(({ head, layout }, at) =>
    inputs.map(({ heads }, item): KernelCall => {
      const { rows, queries: q, keys: k, gains } = heads[at] as HeadTokens;
      return [
        'learnHead',
        (room.gradients[at] as Pointer) + 4 * item * layout.length,
        room.losses + 16 * (at * room.batch + item),
        head,
        q,
        k,
        gains,
        rows,
        response,
        1 / (queries[at] as number),
        measure,
        ownScratch,
      ];
    }),
  );
  kernels.run(calls, kernels.learnHeadScratch(most, neurons));
  const sums = kernels.arena.viewDoubles(room.losses, 2 * room.batch * fits.length);
  const meanOf = (part: 0 | 1) =>
    Float64Array.from(fits, (_, at) => {
      const own = inputs.map((_input, item) => sums[2 * (at * room.batch + item) + part] as number);
      return own.reduce((sum, loss) => sum + loss, 0) / (queries[at] as number);
    });
  return { divergence: meanOf(0), response: meanOf(1) };
}

/** Queries of a head in all inputs. */
export function countQueries(inputs: readonly PooledInput[], at: number): number {
  return inputs.reduce((sum, { heads }) => sum + (heads[at]?.rows ?? 0), 0);
}

/** One step of Adam on every head, by the gradients of the last `measureBatch` of `inputs` inputs; `step` counts from 0. */
export function takeStep(
  kernels: Kernels,
  fits: readonly HeadFit[],
  room: StepRoom,
  inputs: number,
  step: number,
  rate: number,
): void {
  kernels.run(
    fits.map(({ layout }, at): KernelCall => {
      const rows = room.gradients[at] as Pointer;
      return ['sumRows', rows, rows, layout.length, inputs, layout.length, false];
    }),
  );
  const [first, second] = [1 / (1 - power(beta1, step + 1)), 1 / (1 - power(beta2, step + 1))];
  kernels.run(
    fits.map(
      ({ parameters, firstMoment, secondMoment, layout }, at): KernelCall => [
        'adamStep',
        parameters,
        firstMoment,
        secondMoment,
        room.gradients[at] as Pointer,
        rate,
        beta1,
        beta2,
        first,
        second,
        epsilon,
        layout.length,
      ],
    ),
  );
  for (const fit of fits) boundCurvature(kernels, fit);
}

/** baseⁿ for whole n by repeated squaring: the same bits in every engine, which `**` does not promise. */
function power(base: number, n: number): number {
  let result = 1;
  for (let square = base, left = n; left > 0; left = Math.floor(left / 2), square *= square) {
    if (left % 2 === 1) result *= square;
  }
  return result;
}
