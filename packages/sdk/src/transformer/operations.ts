import { patchify } from '../image/patches.js';
import { runBlock } from './block.js';
import type { PatchPlan, Step } from './plan.js';
import {
  applyLinear,
  applyNorm,
  type Context,
  countRows,
  layOutSpans,
  type Stream,
} from './stream.js';

type StepOf<Op extends Step['op']> = Extract<Step, { op: Op }>;
type Operation<Op extends Step['op']> = (
  context: Context,
  stream: Stream,
  step: StepOf<Op>,
  layer: number,
) => void;

/** Floor under the length of a row, as TensorFlow's l2_normalize has it. */
const shortest = 1e-12;

/** x = factor · embedding + [sin | cos](position · inverse time scale). */
const embedTokens: Operation<'embed-tokens'> = ({ kernels, weights, inputs }, stream, step) => {
  const { arena } = kernels;
  const { width, factor } = step;
  const half = width / 2;
  stream.spans = layOutSpans(inputs.map(({ ids }) => ids?.length ?? 0));
  stream.width = width;
  const rows = countRows(stream);
  stream.x = arena.floats(rows * width);
  const mark = arena.mark();
  const longest = Math.max(0, ...stream.spans.map((span) => span.rows));
  const phase = arena.floats(longest * half);
  const timing = arena.floats(longest * width);
  const scales = arena.viewFloats(weights.tensor(step.timescales), half);
  const phases = arena.viewFloats(phase, longest * half);
  for (let t = 0; t < longest; t++) {
    for (let i = 0; i < half; i++) phases[t * half + i] = t * (scales[i] as number);
  }
  const sines = arena.floats(longest * half);
  const cosines = arena.floats(longest * half);
  kernels.sin(sines, phase, longest * half, 0);
  kernels.sin(cosines, phase, longest * half, 1);
  for (let t = 0; t < longest; t++) {
    const row = arena.viewFloats(timing + t * width * 4, width);
    row.set(arena.viewFloats(sines + t * half * 4, half));
    row.set(arena.viewFloats(cosines + t * half * 4, half), half);
  }
  inputs.forEach(({ ids = [] }, item) => {
    const first = stream.spans[item]?.start ?? 0;
    ids.forEach((id, t) => {
      const row = arena.viewFloats(stream.x + (first + t) * width * 4, width);
      const embedding = arena.viewFloats(weights.tensor(step.table) + id * width * 4, width);
      const time = arena.viewFloats(timing + t * width * 4, width);
      for (let i = 0; i < width; i++) {
        row[i] = Math.fround(factor * (embedding[i] as number)) + (time[i] as number);
      }
    });
  });
  arena.release(mark);
};

/** x = [class token | projected patches] + positions; where an order is given, its visible patches only. */
const embedPatches: Operation<'embed-patches'> = (context, stream, step) => {
  const { kernels, weights, inputs } = context;
  const { arena } = kernels;
  const { width } = step;
  const { imageSize, patchSize, channels } = context.patches as PatchPlan;
  const all = (imageSize / patchSize) ** 2;
  const size = step.projection.input;
  stream.spans = layOutSpans(inputs.map(({ order }) => 1 + (order?.visible ?? all)));
  stream.width = width;
  stream.x = arena.floats(countRows(stream) * width);
  const mark = arena.mark();
  const classRow = arena.floats(width);
  kernels.add(classRow, weights.tensor(step.classToken), weights.tensor(step.positions), width);
  inputs.forEach(({ pixels = new Float32Array(0), order }, item) => {
    const inner = arena.mark();
    const shape = { channels, height: imageSize, width: imageSize };
    const patches = patchify(pixels, shape, patchSize, 'channel-row-column');
    const seen = Array.from({ length: order?.visible ?? all }, (_, i) => order?.shuffle[i] ?? i);
    const input = arena.floats(seen.length * size);
    const place = arena.floats(seen.length * width);
    const x = stream.x + (stream.spans[item]?.start ?? 0) * width * 4;
    seen.forEach((patch, i) => {
      arena
        .viewFloats(input + i * size * 4, size)
        .set(patches.subarray(patch * size, (patch + 1) * size));
      const position = weights.tensor(step.positions) + (patch + 1) * width * 4;
      arena.viewFloats(place + i * width * 4, width).set(arena.viewFloats(position, width));
    });
    arena.viewFloats(x, width).set(arena.viewFloats(classRow, width));
    const rows = x + width * 4;
    applyLinear(kernels, weights.linear(step.projection), input, seen.length, rows);
    kernels.add(rows, rows, place, seen.length * width);
    arena.release(inner);
  });
  arena.release(mark);
};

/** Puts visible tokens back where their patches are and the mask token elsewhere, then adds positions. */
const restorePatches: Operation<'restore-patches'> = (context, stream, step) => {
  const { kernels, weights, inputs } = context;
  const { arena } = kernels;
  const { width } = step;
  const { imageSize, patchSize } = context.patches as PatchPlan;
  const all = (imageSize / patchSize) ** 2;
  const from = stream.spans;
  const old = stream.x;
  stream.spans = layOutSpans(inputs.map(() => 1 + all));
  stream.x = arena.floats(countRows(stream) * width);
  inputs.forEach(({ order }, item) => {
    const source = old + (from[item]?.start ?? 0) * width * 4;
    const x = stream.x + (stream.spans[item]?.start ?? 0) * width * 4;
    arena.viewFloats(x, width).set(arena.viewFloats(source, width));
    for (let i = 0; i < all; i++) {
      const patch = order?.shuffle[i] ?? i;
      const visible = i < (order?.visible ?? all);
      const token = visible ? source + (i + 1) * width * 4 : weights.tensor(step.maskToken);
      arena.viewFloats(x + (patch + 1) * width * 4, width).set(arena.viewFloats(token, width));
    }
    kernels.add(x, x, weights.tensor(step.positions), (1 + all) * width);
  });
};

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

/** Mean over the tokens of each input, summed in float64 in order of the tokens. */
const mean: Operation<'mean'> = ({ kernels: { arena } }, stream) => {
  const { width, spans, x } = stream;
  const out = arena.floats(spans.length * width);
  spans.forEach(({ start, rows }, item) => {
    const values = arena.viewFloats(x + start * width * 4, rows * width);
    const result = arena.viewFloats(out + item * width * 4, width);
    for (let i = 0; i < width; i++) {
      let sum = 0;
      for (let t = 0; t < rows; t++) sum += values[t * width + i] as number;
      result[i] = sum / rows;
    }
  });
  stream.x = out;
  stream.spans = layOutSpans(spans.map(() => 1));
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
  block: (context, stream, { block }, layer) => {
    runBlock(context, stream, block, layer);
    context.afterLayer?.(layer, block.stack, stream);
  },
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

/** Runs all steps of a plan on a batch. The stream's memory lies above the arena's mark before the call. */
export function runSteps(context: Context, steps: readonly Step[]): Stream {
  const stream: Stream = { x: 0, width: 0, spans: [] };
  let layer = 0;
  for (const step of steps) {
    const operation = operations[step.op] as Operation<Step['op']>;
    operation(context, stream, step as never, layer);
    if (step.op === 'block') layer++;
  }
  return stream;
}
