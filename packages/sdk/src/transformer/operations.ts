import { runBlock } from './block.js';
import { embedPatches, embedTokens, restorePatches } from './embedding.js';
import type { Step } from './plan.js';
import {
  applyLinear,
  applyNorm,
  type Context,
  countRows,
  layOutSpans,
  meanOfTokens,
  type Operation,
  type Stream,
} from './stream.js';

/** Floor under the length of a row, as TensorFlow's l2_normalize has it. */
export const shortest = 1e-12;

/** Copies some rows of each input into a new stream. */
function keepRows(
  { kernels: { arena } }: Context,
  stream: Stream,
  keep: (rows: number) => { first: number; count: number },
): void {
  const { width, spans: from, x: old } = stream;
  const kept = from.map(({ rows }) => keep(rows));
  stream.spans = layOutSpans(kept.map(({ count }) => count));
  stream.x = arena.floats(countRows(stream) * width);
  kept.forEach(({ first, count }, item) => {
    const source = old + ((from[item]?.start ?? 0) + first) * width * 4;
    const target = stream.x + (stream.spans[item]?.start ?? 0) * width * 4;
    arena.viewFloats(target, count * width).set(arena.viewFloats(source, count * width));
  });
}

const mean: Operation<'mean'> = ({ kernels }, stream) => {
  stream.x = meanOfTokens(kernels, stream, stream.x, stream.width);
  stream.spans = layOutSpans(stream.spans.map(() => 1));
};

const unit: Operation<'unit'> = ({ kernels: { arena } }, stream) => {
  const { width } = stream;
  const values = arena.viewFloats(stream.x, countRows(stream) * width);
  for (let at = 0; at < values.length; at += width) {
    const row = values.subarray(at, at + width);
    const length = Math.sqrt(
      Math.max(
        row.reduce((sum, v) => sum + v * v, 0),
        shortest,
      ),
    );
    for (let i = 0; i < width; i++) row[i] = (row[i] as number) / length;
  }
};

/** One function per operation of a plan. */
const operations: { [Op in Step['op']]: Operation<Op> } = {
  'embed-tokens': embedTokens,
  'embed-patches': embedPatches,
  'restore-patches': restorePatches,
  block: (context, stream, { block }, layer, next) =>
    runBlock(context, stream, block, layer, next?.op === 'mean'),
  norm: ({ kernels, weights }, stream, { norm }) => {
    stream.x = applyNorm(kernels, weights.norm(norm), stream.x, countRows(stream));
  },
  linear: ({ kernels, weights }, stream, { linear }) => {
    stream.x = applyLinear(kernels, weights.linear(linear), stream.x, countRows(stream));
    stream.width = linear.output;
  },
  'take-first': (context, stream) => keepRows(context, stream, () => ({ first: 0, count: 1 })),
  'drop-first': (context, stream) =>
    keepRows(context, stream, (rows) => ({ first: 1, count: rows - 1 })),
  mean,
  tanh: ({ kernels }, stream) => kernels.tanh(stream.x, stream.x, countRows(stream) * stream.width),
  unit,
};

/** Runs one step on a batch; `layer` counts the blocks before it, `next` comes after. */
export function runStep(
  context: Context,
  stream: Stream,
  step: Step,
  layer: number,
  next?: Step,
): void {
  const operation = operations[step.op] as Operation<Step['op']>;
  operation(context, stream, step as never, layer, next);
}

/**
 * Runs all steps of a plan on a batch, and waits for `pause` after each block, called with the number of steps
 * done. The stream's memory lies above the arena's mark before the call.
 */
export async function runSteps(
  context: Context,
  steps: readonly Step[],
  pause: (stepsDone: number) => Promise<void>,
): Promise<Stream> {
  const stream: Stream = { x: 0, width: 0, spans: [] };
  let layer = 0;
  for (const [index, step] of steps.entries()) {
    if (step.op === 'block' && context.beforeLayer?.(layer, stream)) break;
    runStep(context, stream, step, layer, steps[index + 1]);
    if (step.op !== 'block') continue;
    layer++;
    await pause(index + 1);
  }
  return stream;
}
