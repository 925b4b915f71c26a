import { runAstrocyteHeads } from '../attention/whole-heads.js';
import type { HiddenLayer, HiddenSource } from '../hidden/hidden-layer.js';
import { forward, headScale, softmaxAttend } from '../transformer/forward.js';
import type { Model } from '../transformer/model.js';
import { checkAborted } from '../transformer/model.js';
import type { AfterLayer, Attend, PreparedInput } from '../transformer/stream.js';
import type { HeadTrace, PlaceFilter } from '../transformer/traces.js';

/** What makes a twin of a model. */
export interface TwinRecipe {
  readonly source: HiddenSource;
  readonly seed: number;
  /** Heads that get neurons and astrocytes; the others keep softmax. */
  readonly swapped: PlaceFilter;
}

/** Heads of the transformer whose network is also looked at on the head's own q, k, v. */
export interface Measuring {
  readonly traces: readonly HeadTrace[];
  /** Called once a head, in order, while its hidden layer exists. */
  readonly visit: (hidden: HiddenLayer, trace: HeadTrace, inTwin: boolean) => void;
}

/**
 * Attention of a twin: the swapped heads are neuron–astrocyte networks. Each head's hidden layer exists only
 * while the head runs. Where `measuring` is given, every recorded head is visited too.
 */
export function twinAttend(
  { kernels }: Pick<Model, 'kernels'>,
  { source, seed, swapped }: TwinRecipe,
  measuring?: Measuring,
): Attend {
  const softmax = softmaxAttend({ kernels });
  return (call, batch) => {
    const { layer, head, headWidth: width } = call;
    const inTwin = swapped(call);
    const trace = measuring?.traces.find((t) => t.layer === layer && t.head === head);
    if (!inTwin) softmax(call, batch);
    if (!inTwin && !trace) return;
    const hidden = source({ layer, head, width }, seed);
    if (trace) measuring?.visit(hidden, trace, inTwin);
    if (!inTwin) return;
    runAstrocyteHeads(kernels, hidden, width, headScale(width), batch);
  };
}

/** Options of `runTwin`. */
export interface TwinOptions {
  readonly measuring?: Measuring;
  readonly afterLayer?: AfterLayer;
  readonly signal?: AbortSignal;
}

/** Runs a batch through the twin: what the last step leaves, an array an input. Throws as `forward`. */
export function runTwin(
  model: Model,
  inputs: readonly PreparedInput[],
  recipe: TwinRecipe,
  { measuring, afterLayer, signal }: TwinOptions = {},
): Promise<Float32Array[]> {
  const inner = twinAttend(model, recipe, measuring);
  const attend: Attend = (call, batch) => {
    checkAborted(signal);
    inner(call, batch);
  };
  return forward(model, inputs, {
    attend,
    ...(afterLayer && { afterLayer }),
    ...(signal && { signal }),
  });
}
