import type { Pointer } from '@tripartite/kernels';
import { TripartiteError } from '../../errors.js';
import type { Model } from '../../transformer/model.js';
import { runStep } from '../../transformer/operations.js';
import { countRows, type PreparedInput, type Stream } from '../../transformer/stream.js';
import type { HeadPass } from './head-pass.js';
import { type BlockRecord, recordBlock, reverseBlock } from './recorded-block.js';
import type { ReverseWeights } from './reverse-weights.js';
import { reverseStep, type StepRecord } from './step-gradients.js';

/** Gradients of a loss by what a recorded pass gave; what is absent does not matter to the loss. */
export interface LossGradients {
  /** By each output, of its length. */
  readonly outputs?: readonly Float32Array[];
  /** By layer: by the residual stream after it, in the order of `stream`. */
  readonly streams?: readonly (Float32Array | undefined)[];
}

/** A forward pass with all that its reverse needs, in the arena until it is released. */
export interface Recording {
  /** What the last step leaves, one array (rows × width) an input; copied. */
  readonly outputs: readonly Float32Array[];
  /**
   * The residual stream after a layer (rows of all inputs, one after another, × width); copied. Throws `BAD_INPUT` for a
   * layer that has none.
   */
  stream(layer: number): Float32Array;
  /**
   * Adds to the gradients of heads and tuned layers. Throws `BAD_SHAPE` for gradients of another length than what
   * they belong to, `BAD_INPUT` for those by a stream that a layer does not have.
   */
  reverse(gradients: LossGradients): void;
  /** Frees its memory, and everything that was allocated since. */
  release(): void;
}

/** Options of `recordForward`. */
export interface RecordOptions {
  /**
   * Whether a layer whose tokens are averaged afterwards has a stream too: some 15 % more work for both passes
   * of USE-lite. Default: its mean alone is computed.
   */
  readonly lastStream?: boolean;
}

/** Operations that change the stream where it lies; their reverses need it as it was. */
const inPlace = ['tanh', 'unit'];

/**
 * Runs a batch through a model with these heads and weights, and records it. Outputs are those of `forward` to the bit,
 * with `lastStream` but for rounding. One recording lives at a time on
 * an arena, and nothing else may run on the model meanwhile. Throws what the heads throw, `OutOfMemory` of the kernels.
 */
export function recordForward(
  { kernels, plan }: Pick<Model, 'kernels' | 'plan'>,
  weights: ReverseWeights,
  inputs: readonly PreparedInput[],
  heads: HeadPass,
  { lastStream = false }: RecordOptions = {},
): Recording {
  const { arena } = kernels;
  const { patches } = plan;
  const context = { kernels, weights, heads, inputs, ...(patches && { patches }) };
  const running = { ...context, weights: weights.forward, attend: heads.forward };
  const start = arena.mark();
  const steps: StepRecord[] = [];
  const blocks: BlockRecord[] = [];
  const stream: Stream = { x: 0, width: 0, spans: [] };
  try {
    for (const [index, step] of plan.steps.entries()) {
      const before = { ...stream };
      if (step.op === 'block') {
        const pooled = !lastStream && plan.steps[index + 1]?.op === 'mean';
        blocks.push(recordBlock(context, stream, step.block, blocks.length, pooled));
      } else {
        if (inPlace.includes(step.op)) stream.x = arena.store(readStream());
        runStep(running, stream, step, blocks.length);
      }
      steps.push({ step, before, after: { ...stream } });
    }
  } catch (error) {
    arena.release(start);
    throw error;
  }
  const { x, width, spans } = stream;
  const outputs = spans.map(({ start: first, rows }) =>
    arena.viewFloats(x + first * width * 4, rows * width).slice(),
  );

  function readStream(): Float32Array {
    return arena.viewFloats(stream.x, countRows(stream) * stream.width).slice();
  }

  function reverse({ outputs: dOutputs, streams = [] }: LossGradients): void {
    const mark = arena.mark();
    try {
      let layer = blocks.length;
      // Undefined where nothing above matters to the loss.
      let d: Pointer | undefined = dOutputs && storeOutputs(dOutputs);
      for (let index = steps.length - 1; layer > 0; index--) {
        const record = steps[index] as StepRecord;
        if (record.step.op !== 'block') {
          if (d !== undefined) d = reverseStep(context, record, d);
          continue;
        }
        layer--;
        const own = streams[layer];
        if (own) d = addStream(layer, own, d);
        if (d !== undefined) d = reverseBlock(context, blocks[layer] as BlockRecord, d);
      }
    } finally {
      arena.release(mark);
    }
  }

  function storeOutputs(gradients: readonly Float32Array[]): Pointer {
    checkLength('gradients by outputs', gradients, outputs);
    gradients.forEach((own, item) => {
      checkLength(`gradient by output ${item}`, own, outputs[item] ?? []);
    });
    const to = arena.floats(outputs.reduce((sum, { length }) => sum + length, 0));
    let at = to;
    for (const own of gradients) {
      arena.viewFloats(at, own.length).set(own);
      at += 4 * own.length;
    }
    return to;
  }

  /** d with the gradient by the stream after a layer added. */
  function addStream(layer: number, own: Float32Array, d: Pointer | undefined): Pointer {
    checkLength(`gradient by the stream after layer ${layer}`, own, streamOf(layer));
    const added = arena.store(own);
    if (d !== undefined) kernels.add(added, added, d, own.length);
    return added;
  }

  function streamOf(layer: number): Float32Array {
    const block = blocks[layer];
    if (!block || block.pooled) {
      throw new TripartiteError(
        'BAD_INPUT',
        block
          ? `layer ${layer} has no stream: its tokens are averaged; record with lastStream`
          : `layer is ${layer}; 0 to ${blocks.length - 1} are allowed`,
      );
    }
    return arena.viewFloats(block.after, block.rows * block.plan.output.output);
  }

  return {
    outputs,
    stream: (layer) => streamOf(layer).slice(),
    reverse,
    release: () => arena.release(start),
  };
}

function checkLength(
  what: string,
  came: { readonly length: number },
  wanted: { readonly length: number },
): void {
  if (came.length === wanted.length) return;
  throw new TripartiteError(
    'BAD_SHAPE',
    `${what}: ${came.length} came; ${wanted.length} are needed`,
  );
}
