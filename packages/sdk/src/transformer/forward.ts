import { createSoftmax } from '../attention/softmax.js';
import { withinMemory } from '../memory.js';
import type { Model } from './model.js';
import { runSteps } from './operations.js';
import type { AfterLayer, Attend, PreparedInput } from './stream.js';

/** d^−¼, by which queries and keys are each multiplied. */
export function headScale(headWidth: number): number {
  return 1 / Math.sqrt(Math.sqrt(headWidth));
}

/** The transformer's own attention: softmax in every head. */
export function softmaxAttend({ kernels }: Pick<Model, 'kernels'>): Attend {
  return ({ headWidth }, batch) => {
    for (const { q, k, v, out } of batch) {
      const mark = kernels.arena.mark();
      const head = createSoftmax(kernels, headWidth, headWidth, headScale(headWidth));
      head.write(k, v, 0);
      head.read(q, out);
      kernels.arena.release(mark);
    }
  };
}

/** Options of `forward`. */
export interface ForwardOptions {
  /** Default: softmax everywhere. */
  readonly attend?: Attend;
  readonly afterLayer?: AfterLayer;
}

/**
 * Runs a batch through the model: what the last step leaves, one array (rows × width) an input. Throws
 * `OUT_OF_MEMORY`.
 */
export function forward(
  model: Model,
  inputs: readonly PreparedInput[],
  { attend = softmaxAttend(model), afterLayer }: ForwardOptions = {},
): Float32Array[] {
  const { kernels, weights, plan } = model;
  const { arena } = kernels;
  const mark = arena.mark();
  try {
    return withinMemory(model.name, () => {
      const context = {
        kernels,
        weights,
        inputs,
        attend,
        ...(plan.patches && { patches: plan.patches }),
        ...(afterLayer && { afterLayer }),
      };
      const { x, width, spans } = runSteps(context, plan.steps);
      return spans.map(({ start, rows }) =>
        arena.viewFloats(x + start * width * 4, rows * width).slice(),
      );
    });
  } finally {
    arena.release(mark);
  }
}
