import { createMomentSum, type Statistics } from '../hidden/statistics.js';
import { forward, headScale } from '../transformer/forward.js';
import { type ModelInput, prepareInput } from '../transformer/inputs.js';
import { checkAborted, type Model } from '../transformer/model.js';
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
export async function calibrate(
  model: Model,
  inputs: readonly ModelInput[],
  { seed = 1, signal, onProgress }: CalibrateOptions = {},
): Promise<Statistics> {
  const sums = model.layers.map(({ heads, headWidth }) =>
    Array.from({ length: heads }, () => createMomentSum(headWidth)),
  );
  for (const [index, input] of inputs.entries()) {
    checkAborted(signal);
    onProgress?.(index / inputs.length, `input ${index + 1} of ${inputs.length}`);
    const { prepared } = prepareInput(model, input, { seed: seed + index });
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
