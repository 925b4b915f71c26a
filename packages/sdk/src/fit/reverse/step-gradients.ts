import type { Pointer } from '@tripartite/kernels';
import { shortest } from '../../transformer/operations.js';
import type { PatchPlan, Step } from '../../transformer/plan.js';
import { countRows, type PreparedInput, type Span, type Stream } from '../../transformer/stream.js';
import { type PassContext, reverseLinear, reverseNorm, spreadMean } from './layer-gradients.js';

/** What the reverse of a step works with. */
export interface StepContext extends PassContext {
  readonly inputs: readonly PreparedInput[];
  readonly patches?: PatchPlan;
}

/** The stream before and after a step, with its rows; both still in the arena. */
export interface StepRecord<S extends Step = Step> {
  readonly step: S;
  readonly before: Readonly<Stream>;
  readonly after: Readonly<Stream>;
}

/** Turns d, the gradient by the stream after a step, into that by the stream before; may overwrite d. */
type Reverse<Op extends Step['op']> = (
  context: StepContext,
  record: StepRecord<Extract<Step, { op: Op }>>,
  d: Pointer,
) => Pointer;

/** A gradient by the stream before of 0, which `fill` adds to: views of each input's rows in d and in it. */
function fillRows(
  { kernels: { arena } }: StepContext,
  { before, after }: StepRecord,
  d: Pointer,
  fill: (to: Float32Array, from: Float32Array, item: number) => void,
): Pointer {
  const values = countRows(before) * before.width;
  const out = arena.floats(values);
  arena.viewFloats(out, values).fill(0);
  const view = (x: Pointer, width: number, { start, rows }: Span): Float32Array =>
    arena.viewFloats(x + start * width * 4, rows * width);
  before.spans.forEach((span, item) => {
    const from = view(d, after.width, after.spans[item] as Span);
    fill(view(out, before.width, span), from, item);
  });
  return out;
}

const unit: Reverse<'unit'> = ({ kernels: { arena } }, { before, after }, d) => {
  const { width } = before;
  const values = countRows(before) * width;
  const view = (from: Pointer): Float32Array => arena.viewFloats(from, values);
  const [x, y, gradient] = [view(before.x), view(after.x), view(d)];
  for (let at = 0; at < values; at += width) {
    const [own, out] = [x.subarray(at, at + width), y.subarray(at, at + width)];
    const slope = gradient.subarray(at, at + width);
    const square = own.reduce((sum, v) => sum + v * v, 0);
    const length = Math.sqrt(Math.max(square, shortest));
    // Below the floor the length is a constant.
    const along =
      square > shortest ? out.reduce((sum, v, i) => sum + v * (slope[i] as number), 0) : 0;
    for (let i = 0; i < width; i++) {
      slope[i] = ((slope[i] as number) - (out[i] as number) * along) / length;
    }
  }
  return d;
};

/** One function per operation above the first block; gradients end below. */
const reverses: { [Op in Exclude<Step['op'], 'block' | `embed-${string}`>]: Reverse<Op> } = {
  norm: (context, { step, before }, d) => {
    const rows = countRows(before);
    const out = context.kernels.arena.floats(rows * before.width);
    reverseNorm(context, step.norm, out, d, before.x, rows, false);
    return out;
  },
  linear: (context, { step, before }, d) =>
    reverseLinear(context, step.linear, d, countRows(before)),
  'restore-patches': (context, record, d) =>
    fillRows(context, record, d, (to, from, item) => {
      const { width } = record.before;
      const order = context.inputs[item]?.order;
      to.set(from.subarray(0, width));
      for (let i = 1; i < to.length / width; i++) {
        const at = ((order?.shuffle[i - 1] ?? i - 1) + 1) * width;
        to.set(from.subarray(at, at + width), i * width);
      }
    }),
  'take-first': (context, record, d) => fillRows(context, record, d, (to, from) => to.set(from)),
  'drop-first': (context, record, d) =>
    fillRows(context, record, d, (to, from) => to.set(from, record.before.width)),
  mean: ({ kernels }, { before }, d) => spreadMean(kernels, before.spans, d, before.width),
  tanh: ({ kernels }, { after }, d) => {
    kernels.tanhReverse(d, d, after.x, countRows(after) * after.width);
    return d;
  },
  unit,
};

/** Turns d, the gradient by the stream after a step that is no block, into that by the stream before. */
export function reverseStep(context: StepContext, record: StepRecord, d: Pointer): Pointer {
  const reverse = reverses[record.step.op as keyof typeof reverses] as Reverse<Step['op']>;
  return reverse(context, record as never, d);
}
