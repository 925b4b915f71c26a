import type { Kernels } from '@tripartite/kernels';
import { type Rows, rowOf, withoutGaps } from './random-rows.js';
import { type SoftmaxAnswer, softmaxAttention } from './reference/softmax-attention.js';
import { fenced, fencedRoom } from './workbench.js';

/** A softmax head with tokens and queries. */
export interface SoftmaxHead {
  readonly keys: Rows;
  readonly values: Rows;
  readonly queries: Rows;
  readonly tokens: number;
  readonly rows: number;
  readonly width: number;
  readonly valueWidth: number;
  readonly scale: number;
  readonly mask?: Uint8Array;
  /** Query t sees tokens up to `causal` + t; nothing: all. */
  readonly causal?: number;
}

/** Outputs, rows without gaps; the normaliser is sum · exp(maximum). */
export interface SoftmaxRead {
  readonly out: Float32Array;
  readonly sums: Float32Array;
  readonly maxima: Float32Array;
}

/** A cache with all tokens in it, put there `chunk` at a time, in the arena until it is released. */
export function fillCache(kernels: Kernels, head: SoftmaxHead, chunk: number) {
  const { arena } = kernels;
  const { keys, values, tokens, width, valueWidth, scale, mask } = head;
  const keyCache = fencedRoom(kernels, kernels.keyCacheBytes(tokens, width) / 4);
  const valueCache = fencedRoom(kernels, kernels.valueCacheBytes(tokens, valueWidth) / 4);
  const [k, v] = [arena.store(keys.values), arena.store(values.values)];
  const silent = mask ? arena.store(mask) : 0;
  for (let first = 0; first < tokens; first += chunk) {
    kernels.cacheTokens(
      keyCache.pointer,
      valueCache.pointer,
      k + first * keys.stride * 4,
      keys.stride,
      v + first * values.stride * 4,
      values.stride,
      silent && silent + first,
      scale,
      first,
      Math.min(chunk, tokens - first),
      width,
      valueWidth,
    );
  }
  keyCache.check();
  valueCache.check();
  return { keys: keyCache.pointer, values: valueCache.pointer, mask: silent };
}

/** Attention over a cache, queries split at `cuts`, in scratch memory of exactly the size of need. */
export function askCache(
  kernels: Kernels,
  head: SoftmaxHead,
  cache: ReturnType<typeof fillCache>,
  cuts: readonly number[] = [],
): SoftmaxRead {
  const { arena } = kernels;
  const { queries, tokens, rows, width, valueWidth, scale, causal = -1 } = head;
  const q = arena.store(queries.values);
  const stride = valueWidth + 1;
  const out = fencedRoom(kernels, rows * stride, rows % 4);
  const [sums, maxima] = [fencedRoom(kernels, rows), fencedRoom(kernels, rows)];
  const bytes = kernels.softmaxHeadScratch(0, width, valueWidth) - kernels.keyCacheBytes(0, width);
  const scratch = fencedRoom(kernels, bytes / 4);
  const edges = [0, ...cuts.filter((cut) => cut < rows), rows];
  edges.slice(1).forEach((last, i) => {
    const first = edges[i] as number;
    kernels.readSoftmax(
      out.pointer + first * stride * 4,
      stride,
      sums.pointer + first * 4,
      maxima.pointer + first * 4,
      cache.keys,
      cache.values,
      cache.mask,
      causal < 0 ? -1 : causal + first,
      q + first * queries.stride * 4,
      queries.stride,
      scale,
      last - first,
      tokens,
      width,
      valueWidth,
      scratch.pointer,
    );
  });
  scratch.check();
  return {
    out: withoutGaps(out.take(), rows, valueWidth),
    sums: sums.take(),
    maxima: maxima.take(),
  };
}

/** What float64 makes of a head. */
export function softmaxAnswers(head: SoftmaxHead): SoftmaxAnswer[] {
  const { queries, tokens, rows, width, valueWidth, scale, mask, causal } = head;
  const keys = Array.from({ length: tokens }, (_, s) => rowOf(head.keys, s));
  const values = Array.from({ length: tokens }, (_, s) => rowOf(head.values, s));
  return Array.from({ length: rows }, (_, t) => {
    const seen = (s: number) =>
      (!mask || mask[s] === 1) && (causal === undefined || s <= causal + t);
    return softmaxAttention(rowOf(queries, t), keys, values, width, valueWidth, scale, seen);
  });
}

/** Largest error of outputs and normalisers, in units of 2⁻²⁴ · Σ weight · |v| · (1 + size of the score) / Σ weight. */
export function softmaxError(head: SoftmaxHead, { out, sums, maxima }: SoftmaxRead): number {
  const { valueWidth } = head;
  let largest = 0;
  softmaxAnswers(head).forEach(({ values, log, sizes, sumSize }, t) => {
    const sum = sums[t] as number;
    const shares: number[] = [];
    if (log === -Infinity) shares.push(sum === 0 ? 0 : Infinity);
    else {
      const relative = Math.expm1(Math.log(sum) + (maxima[t] as number) - log);
      shares.push(Math.abs(relative) / (2 ** -24 * sumSize));
    }
    values.forEach((exact, j) => {
      const error = Math.abs((out[t * valueWidth + j] as number) - exact);
      shares.push(error / (2 ** -24 * (sizes[j] as number) + 1e-36));
    });
    for (const one of shares) if (!(one <= largest)) largest = Number.isNaN(one) ? Infinity : one;
  });
  return largest;
}

/** What a cache gives back: keys as scaled, and values. */
export function recall(kernels: Kernels, head: SoftmaxHead, cache: ReturnType<typeof fillCache>) {
  const { tokens, width, valueWidth } = head;
  const k = fenced(kernels, new Float32Array(tokens * width));
  const v = fenced(kernels, new Float32Array(tokens * valueWidth));
  const { pointer } = k;
  kernels.recallTokens(pointer, v.pointer, cache.keys, cache.values, tokens, width, valueWidth);
  return { k: k.take(), v: v.take() };
}
