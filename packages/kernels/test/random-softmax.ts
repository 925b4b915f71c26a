import type { Kernels } from '@tripartite/kernels';
import { askCache, fillCache, type SoftmaxHead, type SoftmaxRead } from './placed-softmax.js';
import { randomRows, rowOf } from './random-rows.js';
import { firstDifference, inArena, uniform } from './workbench.js';

/** Sizes of a head. */
export interface Sizes {
  readonly tokens: number;
  readonly rows: number;
  readonly width: number;
  readonly valueWidth: number;
}

/** A random head; scores are of `size`. Masked tokens hold NaN. */
export function randomHead(seed: number, sizes: Sizes, size = 3, masked = false): SoftmaxHead {
  const { tokens, rows, width, valueWidth } = sizes;
  const scale = Math.fround(1 / Math.sqrt(Math.sqrt(width)));
  const entry = Math.sqrt((3 * size) / (scale * scale * Math.sqrt(width)));
  const keys = randomRows(seed, tokens, width, entry);
  const values = randomRows(seed + 1, tokens, valueWidth);
  const queries = randomRows(seed + 2, rows, width, entry, 3);
  const head = { keys, values, queries, scale, ...sizes };
  if (!masked) return head;
  const draw = uniform(seed + 3);
  const mask = Uint8Array.from({ length: tokens }, () => (draw() < 0.6 ? 1 : 0));
  mask.forEach((seen, s) => {
    if (seen) return;
    rowOf(keys, s).fill(NaN);
    rowOf(values, s).fill(s % 2 ? NaN : Infinity);
  });
  return { ...head, mask };
}

/** What a head gives, its cache filled `chunk` tokens at a time, its queries split at `cuts`. */
export function run(
  kernels: Kernels,
  head: SoftmaxHead,
  chunk = Math.max(1, head.tokens),
  cuts: readonly number[] = [],
): SoftmaxRead {
  return inArena(kernels, () => askCache(kernels, head, fillCache(kernels, head, chunk), cuts));
}

/** Whether two answers are the same to the last bit. */
export function same(a: SoftmaxRead, b: SoftmaxRead): boolean {
  const pairs = [
    [a.out, b.out],
    [a.sums, b.sums],
    [a.maxima, b.maxima],
  ] as const;
  return pairs.every(([one, other]) => firstDifference(one, other) < 0);
}
