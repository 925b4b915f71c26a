import { ownScratch } from '@tripartite/kernels';
import { withinMemory } from '../memory.js';
import type { Model } from './model.js';
import { runSteps } from './operations.js';
import type { AfterLayer, Attend, PreparedInput } from './stream.js';

/** d^−¼, by which queries and keys are each multiplied. */
export function headScale(headWidth: number): number {
  return 1 / Math.sqrt(Math.sqrt(headWidth));
}

/** The transformer's own attention: softmax in every head. Threads share the inputs of a head. */
export function softmaxAttend({ kernels }: Pick<Model, 'kernels'>): Attend {
  const { arena } = kernels;
  return ({ headWidth }, batch) => {
    const longest = Math.max(0, ...batch.map(({ q }) => q.rows));
    const mark = arena.mark();
    // Nobody looks at the responses.
    const unread = arena.floats(2 * longest * batch.length);
    kernels.run(
      batch.map(({ q, k, v, out }, item) => [
        'softmaxHead',
        out.pointer,
        out.stride,
        unread + 8 * longest * item,
        unread + 8 * longest * item + 4 * longest,
        q.pointer,
        k.pointer,
        v.pointer,
        q.stride,
        headScale(headWidth),
        q.rows,
        headWidth,
        headWidth,
        ownScratch,
      ]),
      kernels.softmaxHeadScratch(longest, headWidth, headWidth),
    );
    arena.release(mark);
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
