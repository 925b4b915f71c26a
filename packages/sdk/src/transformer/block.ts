import { headRows } from './head-rows.js';
import type { BlockPlan } from './plan.js';
import {
  applyLinear,
  applyNorm,
  type Context,
  countRows,
  layOutSpans,
  meanOfTokens,
  type Stream,
} from './stream.js';

/**
 * One block: x ← skip + heads(norm x) · Wo; x ← x + mlp(norm x). Memory for the parts is freed as soon as they
 * are used; the stream's own rows stay where they are unless the block changes their width.
 */
export function runBlock(
  context: Context,
  stream: Stream,
  plan: BlockPlan,
  layer: number,
  pooled: boolean,
): void {
  const { kernels, weights, attend, afterLayer } = context;
  const { arena } = kernels;
  const rows = countRows(stream);
  const inner = plan.heads * plan.headWidth;
  const wide = plan.output.output;

  if (plan.residual) {
    const projected = applyLinear(kernels, weights.linear(plan.residual), stream.x, rows);
    runAttention(projected);
    stream.x = projected;
    stream.width = wide;
  } else {
    runAttention(stream.x);
  }

  const pool = pooled ? meanOfTokens(kernels, stream, stream.x, wide) : stream.x;
  const mark = arena.mark();
  const normal = applyNorm(kernels, weights.norm(plan.norm2), stream.x, rows);
  const { activation } = plan;
  const hidden = applyLinear(kernels, weights.linear(plan.up), normal, rows, { activation });
  const down = weights.linear(plan.down);
  if (!pooled || afterLayer) {
    applyLinear(kernels, down, hidden, rows, { out: stream.x, accumulate: true });
    afterLayer?.(layer, plan.stack, stream);
  }
  if (pooled) {
    // The last projection is linear: of the mean over tokens it gives what its mean would be.
    const means = meanOfTokens(kernels, stream, hidden, plan.up.output);
    applyLinear(kernels, down, means, stream.spans.length, { out: pool, accumulate: true });
    stream.x = pool;
    stream.spans = layOutSpans(stream.spans.map(() => 1));
  }
  arena.release(mark);

  /** skip += attention of the stream. */
  function runAttention(skip: number): void {
    const start = arena.mark();
    const normal = applyNorm(kernels, weights.norm(plan.norm1), stream.x, rows);
    const qkv = applyLinear(kernels, weights.linear(plan.qkv), normal, rows);
    const mixed = arena.floats(rows * inner);
    for (let head = 0; head < plan.heads; head++) {
      attend(
        { layer, head, headWidth: plan.headWidth, stack: plan.stack },
        headRows(plan, head, stream.spans, qkv, mixed),
      );
    }
    const output = weights.linear(plan.output);
    applyLinear(kernels, output, mixed, rows, { out: skip, accumulate: true });
    arena.release(start);
  }
}
