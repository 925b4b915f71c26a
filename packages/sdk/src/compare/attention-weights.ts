import type { Kernels } from '@tripartite/kernels';
import { placeLayer } from '../attention/excitation.js';
import type { HiddenLayer } from '../hidden/hidden-layer.js';
import { scaleByPowerOfTwo } from '../numeric/elementary.js';
import { headScale } from '../transformer/forward.js';
import { type HeadTrace, placeRows } from '../transformer/traces.js';

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

/** Weights that the network implies, φ(q)·φ(k)/c, (tokens, tokens). */
export function networkWeights(
  kernels: Kernels,
  layer: HiddenLayer,
  trace: HeadTrace,
): Float32Array {
  const { arena, scratch } = kernels;
  const { tokens: n, width } = trace;
  const mark = arena.mark();
  const placed = placeLayer(kernels, layer, headScale(width));
  const query = placed.excite('query', placeRows(kernels, trace.queries, width), 0);
  const key = placed.excite('key', placeRows(kernels, trace.keys, width), 0);
  const products = arena.floats(n * n);
  kernels.gemm(
    products,
    n,
    query.phi,
    query.stride,
    1,
    key.phi,
    1,
    key.stride,
    n,
    n,
    layer.neurons,
    false,
    scratch,
  );
  const exponents = arena.viewIntegers(key.exponents, n);
  const largest = exponents.reduce((a, b) => Math.max(a, b));
  const units = Array.from(exponents, (e) => scaleByPowerOfTwo(1, e - largest));
  const weights = arena.viewFloats(products, n * n).slice();
  arena.release(mark);
  for (let t = 0; t < n; t++) {
    const row = weights.subarray(t * n, (t + 1) * n);
    let sum = 0;
    for (let s = 0; s < n; s++) {
      row[s] = (row[s] as number) * (units[s] as number);
      sum += row[s] as number;
    }
    for (let s = 0; s < n; s++) row[s] = sum === 0 ? 0 : (row[s] as number) / sum;
  }
  return weights;
}
