import { forward } from '../transformer/forward.js';
import type { Preparation } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import { interpret, type RunResult } from '../transformer/results.js';
import { countRows, type Stream } from '../transformer/stream.js';
import { type HeadTrace, tracingAttend } from '../transformer/traces.js';

/** Softmax's run of one input, kept to compare with. */
export interface Baseline {
  readonly input: Preparation;
  readonly result: RunResult;
  readonly traces: readonly HeadTrace[];
  /** Residual stream after each layer. */
  readonly streams: readonly Float32Array[];
}

/** Copies a residual stream, (tokens, width), out of the kernels' memory. */
export function copyStream(model: Model, stream: Stream): Float32Array {
  return model.kernels.arena.viewFloats(stream.x, countRows(stream) * stream.width).slice();
}

/** Runs the transformer itself, recording every head. */
export async function runBaseline(
  model: Model,
  input: Preparation,
  signal?: AbortSignal,
): Promise<Baseline> {
  const traces: HeadTrace[] = [];
  const streams: Float32Array[] = [];
  const [last] = await forward(model, [input.prepared], {
    attend: tracingAttend(
      model.kernels,
      () => true,
      (trace) => traces.push(trace),
    ),
    afterLayer: (_layer, _stack, stream) => streams.push(copyStream(model, stream)),
    ...(signal && { signal }),
  });
  return { input, result: interpret(model, input, last ?? new Float32Array(0)), traces, streams };
}
