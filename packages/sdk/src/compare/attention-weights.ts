import type { Kernels } from '@tripartite/kernels';
import { createAstrocyte } from '../attention/astrocyte.js';
import type { HiddenLayer } from '../hidden/hidden-layer.js';
import { headScale } from '../transformer/forward.js';
import { copyRows, type HeadTrace, placeRows } from '../transformer/traces.js';

/** Softmax's attention weights of a recorded head, (tokens, tokens), a row per query. */
export function softmaxWeights(kernels: Kernels, { tokens: n, scores }: HeadTrace): Float32Array {
  const { arena } = kernels;
  const mark = arena.mark();
  const at = arena.store(scores);
  const sums = arena.floats(n);
  kernels.softmaxRows(at, n, sums, arena.floats(n), 0, -1, n, n);
  const total = arena.viewFloats(sums, n);
  const weights = arena
    .viewFloats(at, n * n)
    .map((x, place) => x / (total[Math.floor(place / n)] as number));
  arena.release(mark);
  return weights;
}

/**
 * Weights that the network implies, φ(q)·φ(k)/c, (tokens, tokens), read off as its outputs for values that name
 * their token. Rows are divided by their sums, which differ from 1 where the response was floored.
 */
export function networkWeights(
  kernels: Kernels,
  layer: HiddenLayer,
  trace: HeadTrace,
): Float32Array {
  const { arena } = kernels;
  const { tokens: n, width } = trace;
  const mark = arena.mark();
  const names = new Float32Array(n * n);
  for (let t = 0; t < n; t++) names[t * n + t] = 1;
  const out = placeRows(kernels, new Float32Array(n * n), n);
  const network = createAstrocyte(kernels, layer, n, headScale(width));
  network.write(placeRows(kernels, trace.keys, width), placeRows(kernels, names, n), 0);
  network.read(placeRows(kernels, trace.queries, width), out);
  const weights = copyRows(kernels, out, n);
  arena.release(mark);
  for (let t = 0; t < n; t++) {
    const row = weights.subarray(t * n, (t + 1) * n);
    let sum = 0;
    for (let s = 0; s < n; s++) sum += row[s] as number;
    for (let s = 0; s < n; s++) row[s] = sum === 0 ? 0 : (row[s] as number) / sum;
  }
  return weights;
}
