import type { Pointer } from '@tripartite/kernels';
import type { BlockPlan } from './plan.js';
import type { ItemRows, Span } from './stream.js';

/** Where each input of a batch has its rows at one head, in qkv (rows, 3 · inner) and mixed (rows, inner). */
export function headRows(
  plan: Pick<BlockPlan, 'heads' | 'headWidth'>,
  head: number,
  spans: readonly Span[],
  qkv: Pointer,
  mixed: Pointer,
): ItemRows[] {
  const inner = plan.heads * plan.headWidth;
  const at = head * plan.headWidth;
  return spans.map(({ start, rows }, item) => {
    const part = (offset: number) => ({
      pointer: qkv + (start * 3 * inner + offset + at) * 4,
      stride: 3 * inner,
      rows,
    });
    return {
      q: part(0),
      k: part(inner),
      v: part(2 * inner),
      out: { pointer: mixed + (start * inner + at) * 4, stride: inner, rows },
      item,
    };
  });
}
