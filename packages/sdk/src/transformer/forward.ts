import { runSoftmaxHeads } from '../attention/whole-heads.js';
import { giveWay } from '../event-loop.js';
import { checkMemory, nameOutOfMemory, reserveMemory } from '../memory.js';
import { takeTurn } from '../turns.js';
import { forwardBytes } from './memory-needs.js';
import { checkAborted, type Model } from './model.js';
import { runSteps } from './operations.js';
import { countProducts, followSteps, type StepShape, total } from './step-shapes.js';
import type { AfterLayer, Attend, BeforeLayer, PreparedInput } from './stream.js';

/** d^−¼, by which queries and keys are each multiplied. */
export function headScale(headWidth: number): number {
  return 1 / Math.sqrt(Math.sqrt(headWidth));
}

/** The transformer's own attention: softmax in every head. */
export function softmaxAttend({ kernels }: Pick<Model, 'kernels'>): Attend {
  return ({ headWidth }, batch) => runSoftmaxHeads(kernels, headWidth, headScale(headWidth), batch);
}

/** Options of `forward`. */
export interface ForwardOptions {
  /** Default: softmax everywhere. */
  readonly attend?: Attend;
  readonly beforeLayer?: BeforeLayer;
  readonly afterLayer?: AfterLayer;
  /** Looked at before the first step and after each block. */
  readonly signal?: AbortSignal;
  /** Called after each block with the share of all multiply–adds that is done, and with what comes next. */
  readonly onProgress?: (fraction: number, what: string) => void;
}

/**
 * Runs a batch through the model: what the last step leaves, one array (rows × width) an input. After each
 * block it gives way to the event loop where 4 ms have passed; runs on one model wait for each other. Memory is planned before the first step and
 * grown at most once, neuron–astrocyte heads aside. Throws `OUT_OF_MEMORY`, `ABORTED`.
 */
export function forward(
  model: Model,
  inputs: readonly PreparedInput[],
  options: ForwardOptions = {},
): Promise<Float32Array[]> {
  return takeTurn(model.kernels, () => runForward(model, inputs, options));
}

/** `forward` for those who have the turn on the model's kernels already. */
export async function runForward(
  model: Model,
  inputs: readonly PreparedInput[],
  {
    attend = softmaxAttend(model),
    beforeLayer,
    afterLayer,
    signal,
    onProgress,
  }: ForwardOptions = {},
): Promise<Float32Array[]> {
  const { name, kernels, weights, plan } = model;
  const { arena } = kernels;
  checkAborted(signal);
  const shapes = followSteps(plan, inputs);
  const tell = progressTeller(shapes, onProgress);
  const mark = arena.mark();
  try {
    const bytes = forwardBytes(shapes, kernels.threads);
    const asked = `${name}: ${inputs.length} input${inputs.length === 1 ? '' : 's'} in one call`;
    checkMemory(`${asked} and the weights need`, mark + bytes, 'pass fewer or smaller inputs');
    reserveMemory(arena, bytes);
    const context = {
      kernels,
      weights,
      inputs,
      attend,
      ...(plan.patches && { patches: plan.patches }),
      ...(beforeLayer && { beforeLayer }),
      ...(afterLayer && { afterLayer }),
    };
    tell(0);
    const { x, width, spans } = await runSteps(context, plan.steps, async (stepsDone) => {
      await giveWay();
      checkAborted(signal);
      tell(stepsDone);
    });
    const outputs = spans.map(({ start, rows }) =>
      arena.viewFloats(x + start * width * 4, rows * width).slice(),
    );
    tell(shapes.length);
    return outputs;
  } catch (error) {
    throw nameOutOfMemory(name, error);
  } finally {
    arena.release(mark);
  }
}

/** Tells what share of a batch's multiply–adds the first `stepsDone` steps are, and what comes next. */
function progressTeller(
  shapes: readonly StepShape[],
  onProgress: ForwardOptions['onProgress'],
): (stepsDone: number) => void {
  if (!onProgress) return () => {};
  const blocks = (some: readonly StepShape[]) => some.filter(({ step }) => step.op === 'block');
  const layers = blocks(shapes).length;
  const whole = total(shapes.map(countProducts));
  return (stepsDone) => {
    if (stepsDone === shapes.length) return onProgress(1, 'done');
    const done = shapes.slice(0, stepsDone);
    const layer = blocks(done).length + 1;
    const what = layer > layers ? 'output' : `layer ${layer} of ${layers}`;
    onProgress(whole > 0 ? total(done.map(countProducts)) / whole : 0, what);
  };
}
