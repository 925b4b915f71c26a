import { createMomentSum, type Statistics } from '../hidden/statistics.js';
import { forward, headScale } from '../transformer/forward.js';
import { type ModelInput, prepareInput } from '../transformer/inputs.js';
import { checkAborted, type Model } from '../transformer/model.js';
import type { PreparedInput } from '../transformer/stream.js';
import { tracingAttend } from '../transformer/traces.js';

/** Options of `calibrate`. */
export interface CalibrateOptions {
  /** Seed of the draws that hide patches. Input i uses seed + i. Default 1. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, what: string) => void;
}

/**
 * Moments of every head's queries and keys over inputs: what `matched` is calibrated on. Never use the inputs
 * that are compared afterwards. Throws `BAD_INPUT` where there is no input.
 */
export function calibrate(
  model: Model,
  inputs: readonly ModelInput[],
  { seed = 1, signal, onProgress }: CalibrateOptions = {},
): Promise<Statistics> {
  const prepared = function* () {
    for (const [index, input] of inputs.entries()) {
      onProgress?.(index / inputs.length, `input ${index + 1} of ${inputs.length}`);
      yield prepareInput(model, input, { seed: seed + index }).prepared;
    }
  };
  return calibratePrepared(model, prepared(), signal ? { signal } : {});
}

/** `calibrate` on inputs as the model reads them, prepared one at a time where they come from a generator. */
export async function calibratePrepared(
  model: Model,
  inputs: Iterable<PreparedInput>,
  { signal }: Pick<CalibrateOptions, 'signal'> = {},
): Promise<Statistics> {
  const sums = model.layers.map(({ heads, headWidth }) =>
    Array.from({ length: heads }, () => createMomentSum(headWidth)),
  );
  for (const prepared of inputs) {
    checkAborted(signal);
    await forward(model, [prepared], {
      attend: tracingAttend(
        model.kernels,
        () => true,
        ({ layer, head, width, queries, keys }) => {
          const scale = headScale(width);
          sums[layer]?.[head]?.add(
            queries.map((x) => x * scale),
            keys.map((x) => x * scale),
          );
        },
      ),
      ...(signal && { signal }),
    });
  }
  return { layers: sums.map((heads) => heads.map((sum) => sum.finish())) };
}
