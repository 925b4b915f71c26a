import type { Pointer } from '@tripartite/kernels';
import { headRows } from '../../transformer/head-rows.js';
import type { BlockPlan } from '../../transformer/plan.js';
import {
  applyLinear,
  applyNorm,
  countRows,
  type HeadCall,
  layOutSpans,
  meanOfTokens,
  type Span,
  type Stream,
} from '../../transformer/stream.js';
import {
  addLinearGradient,
  type PassContext,
  reverseActivation,
  reverseLinear,
  reverseNorm,
  shareRows,
  spreadMean,
} from './layer-gradients.js';

/** What a block leaves for its reverse, rows of the whole batch one after another. */
export interface BlockRecord {
  readonly plan: BlockPlan;
  readonly layer: number;
  readonly spans: readonly Span[];
  readonly rows: number;
  /** The stream before the block. */
  readonly before: Pointer;
  /** Its norm, which query, key and value are projected from. */
  readonly normal: Pointer;
  readonly qkv: Pointer;
  /** What the heads said. */
  readonly mixed: Pointer;
  /** The stream after attention. */
  readonly middle: Pointer;
  /** The wide layer, after ReLU or before GELU, as their reverses need it. */
  readonly hidden: Pointer;
  /** The stream after the block; where it is `pooled`, of its mean over the tokens of each input alone. */
  readonly after: Pointer;
  readonly pooled: boolean;
}

/**
 * One block as `runBlock` has it, everything kept that its reverse needs; moves the stream on. Where it is `pooled`, the
 * mean over tokens comes before the last projection, which spares most of that.
 */
export function recordBlock(
  context: PassContext,
  stream: Stream,
  plan: BlockPlan,
  layer: number,
  pooled: boolean,
): BlockRecord {
  const { kernels, heads } = context;
  const { forward } = context.weights;
  const { arena } = kernels;
  const rows = countRows(stream);
  const wide = plan.output.output;
  const before = stream.x;
  const { spans } = stream;

  const normal = applyNorm(kernels, forward.norm(plan.norm1), before, rows);
  const qkv = applyLinear(kernels, forward.linear(plan.qkv), normal, rows);
  const mixed = arena.floats(rows * plan.heads * plan.headWidth);
  for (let head = 0; head < plan.heads; head++) {
    heads.forward(headCall(plan, layer, head), headRows(plan, head, spans, qkv, mixed));
  }
  const middle = plan.residual
    ? applyLinear(kernels, forward.linear(plan.residual), before, rows)
    : copyFloats(before);
  applyLinear(kernels, forward.linear(plan.output), mixed, rows, {
    out: middle,
    accumulate: true,
  });

  const after = pooled ? meanOfTokens(kernels, stream, middle, wide) : copyFloats(middle);
  const width = plan.up.output;
  const hidden = arena.floats(rows * width);
  const mark = arena.mark();
  const normal2 = applyNorm(kernels, forward.norm(plan.norm2), middle, rows);
  const up = forward.linear(plan.up);
  let active = hidden;
  if (plan.activation === 'relu') {
    applyLinear(kernels, up, normal2, rows, { out: hidden, activation: 'relu' });
  } else {
    applyLinear(kernels, up, normal2, rows, { out: hidden });
    active = arena.floats(rows * width);
    shareRows(kernels, rows, width, (first, count) => {
      const at = first * width * 4;
      return ['gelu', active + at, hidden + at, count * width];
    });
  }
  const last = pooled ? meanOfTokens(kernels, stream, active, width) : active;
  const lastRows = pooled ? spans.length : rows;
  applyLinear(kernels, forward.linear(plan.down), last, lastRows, { out: after, accumulate: true });
  arena.release(mark);
  stream.x = after;
  stream.width = wide;
  if (pooled) stream.spans = layOutSpans(spans.map(() => 1));
  return { plan, layer, spans, rows, before, normal, qkv, mixed, middle, hidden, after, pooled };

  /** A copy of the stream, as wide as the block leaves it. */
  function copyFloats(from: Pointer): Pointer {
    const to = arena.floats(rows * wide);
    arena.viewFloats(to, rows * wide).set(arena.viewFloats(from, rows * wide));
    return to;
  }
}

function headCall({ headWidth, stack }: BlockPlan, layer: number, head: number): HeadCall {
  return { layer, head, headWidth, stack };
}

/**
 * Turns `dAfter`, the gradient by the stream after the block, into that by the stream before, and adds to the gradients of
 * heads and tuned layers on the way; overwrites it. Below the first layer nothing is tuned: there it ends with the
 * heads and what they read, and gives `undefined`.
 */
export function reverseBlock(
  context: PassContext,
  record: BlockRecord,
  dAfter: Pointer,
): Pointer | undefined {
  const { kernels, heads, weights } = context;
  const { arena } = kernels;
  const { plan, layer, spans, rows, middle, mixed, normal, qkv } = record;
  const inner = plan.heads * plan.headWidth;
  const goesOn = layer > 0;
  const ofTokens = (mean: Pointer, width: number): Pointer =>
    record.pooled ? spreadMean(kernels, spans, mean, width) : mean;
  const d = ofTokens(dAfter, plan.output.output);

  const below = goesOn && plan.residual ? arena.floats(rows * plan.residual.input) : d;
  const mark = arena.mark();
  const lastRows = record.pooled ? spans.length : rows;
  const dLast = reverseLinear(context, plan.down, dAfter, lastRows);
  const dHidden = ofTokens(dLast, plan.up.output);
  reverseActivation(kernels, plan.activation, dHidden, record.hidden, rows, plan.up.output);
  const dNormal2 = reverseLinear(context, plan.up, dHidden, rows);
  reverseNorm(context, plan.norm2, d, dNormal2, middle, rows, true);
  arena.release(mark);

  addLinearGradient(context, plan.output, d, mixed, rows);
  const dMixed = reverseLinear(context, plan.output, d, rows);
  const dQkv = arena.floats(rows * 3 * inner);
  const needsInputs = goesOn || weights.tunedLinear(plan.qkv) !== undefined;
  for (let head = plan.heads - 1; head >= 0; head--) {
    const gradients = headRows(plan, head, spans, dQkv, dMixed);
    const batch = headRows(plan, head, spans, qkv, mixed).map((own, item) => {
      // One entry an input in both.
      const { q, k, v, out } = gradients[item] as (typeof gradients)[number];
      return { ...own, dq: q, dk: k, dv: v, dOut: out };
    });
    heads.reverse(headCall(plan, layer, head), batch, needsInputs);
  }
  if (needsInputs) addLinearGradient(context, plan.qkv, dQkv, normal, rows);
  if (goesOn) {
    const dNormal = reverseLinear(context, plan.qkv, dQkv, rows);
    if (plan.residual) {
      applyLinear(kernels, weights.transposed(plan.residual), d, rows, { out: below });
    }
    reverseNorm(context, plan.norm1, below, dNormal, record.before, rows, true);
  }
  arena.release(mark);
  return goesOn ? below : undefined;
}
