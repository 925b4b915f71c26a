import type { Kernels } from '@tripartite/kernels';
import { createAstrocyte } from '../attention/astrocyte.js';
import { placeLayer } from '../attention/excitation.js';
import type { HiddenLayer } from '../hidden/hidden-layer.js';
import { exp, log, scaleByPowerOfTwo } from '../numeric/elementary.js';
import { median, pearson, relativeError } from '../numeric/statistics.js';
import { headScale } from '../transformer/forward.js';
import { copyRows, type HeadTrace, placeRows } from '../transformer/traces.js';
import type { HeadComparison, HeadDetail } from './comparison.js';

/** An implied weight that vanishes in float32 counts as this share, so that the divergence stays finite. */
const leastWeight = 1.401298464324817e-45;

/** Measures and, where asked for, details of one head on the transformer's own q, k, v. */
export interface HeadMeasurement {
  readonly comparison: HeadComparison;
  readonly detail?: HeadDetail;
}

/** Softmax's attention weights of a head, (tokens, tokens), a row per query. */
export function softmaxWeights(kernels: Kernels, trace: HeadTrace): Float32Array {
  const { arena, scratch } = kernels;
  const { tokens: n, width } = trace;
  const mark = arena.mark();
  const factor = headScale(width);
  const scaled = (values: Float32Array) => arena.store(values.map((x) => x * factor));
  const q = scaled(trace.queries);
  const k = scaled(trace.keys);
  const scores = arena.floats(n * n);
  const sums = arena.floats(n);
  const maxima = arena.floats(n);
  kernels.gemm(scores, n, q, width, 1, k, 1, width, n, n, width, false, scratch);
  kernels.softmaxRows(scores, n, sums, maxima, 0, -1, n, n);
  const total = arena.viewFloats(sums, n);
  const weights = arena.viewFloats(scores, n * n).map((x, at) => {
    return x / (total[Math.floor(at / n)] as number);
  });
  arena.release(mark);
  return weights;
}

/** Weights that the network implies, φ(q)·φ(k)/c, (tokens, tokens). */
function networkWeights(kernels: Kernels, layer: HiddenLayer, trace: HeadTrace): Float32Array {
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

/** Mean over queries of Σ_s p ln(p/a), nats; null where a weight is negative. */
function meanDivergence(p: Float32Array, a: Float32Array, n: number): number | null {
  let sum = 0;
  for (let at = 0; at < p.length; at++) {
    const weight = p[at] as number;
    const implied = a[at] as number;
    if (implied < 0) return null;
    if (weight > 0) sum += weight * (log(weight) - log(Math.max(implied, leastWeight)));
  }
  return sum / n;
}

/** ‖ŷ − y‖ / ‖y − v̄‖. */
function centredError(output: Float32Array, { output: exact, values, width }: HeadTrace): number {
  const n = values.length / width;
  const mean = new Float64Array(width);
  values.forEach((v, at) => {
    mean[at % width] = (mean[at % width] as number) + v / n;
  });
  let error = 0;
  let size = 0;
  exact.forEach((y, at) => {
    const off = (output[at] as number) - y;
    const centred = y - (mean[at % width] as number);
    error += off * off;
    size += centred * centred;
  });
  return Math.sqrt(error / size);
}

/**
 * Runs the network on a recorded head and measures it (definitions: `HeadComparison`). `detailed` adds attention
 * maps, responses and synapses.
 */
export function measureHead(
  kernels: Kernels,
  layer: HiddenLayer,
  trace: HeadTrace,
  swapped: boolean,
  detailed: boolean,
): HeadMeasurement {
  const { arena } = kernels;
  const { width, tokens, logNormaliser } = trace;
  const mark = arena.mark();
  const network = createAstrocyte(kernels, layer, width, headScale(width));
  const rows = {
    q: placeRows(kernels, trace.queries, width),
    k: placeRows(kernels, trace.keys, width),
    v: placeRows(kernels, trace.values, width),
    out: placeRows(kernels, new Float32Array(tokens * width), width),
  };
  network.begin();
  network.write(rows.k, rows.v, 0);
  const response = network.read(rows.q, rows.out);
  const output = copyRows(kernels, rows.out, width);
  const synapses = arena.viewFloats(network.synapses.sum, layer.neurons * (width + 1));
  const state = detailed ? splitSynapses(synapses, layer.neurons, width) : undefined;
  const { exponent } = network.synapses;
  arena.release(mark);

  const softmax = softmaxWeights(kernels, trace);
  const implied = networkWeights(kernels, layer, trace);
  const signs = response.value.map((c) => (c > 0 ? 1 : -1));
  const silent = response.value.filter((c) => !(c > 0)).length;
  const place = { layer: trace.layer, head: trace.head, stack: trace.stack };
  const comparison: HeadComparison = {
    ...place,
    swapped,
    outputError: relativeError(output, trace.output),
    centredOutputError: centredError(output, trace),
    responseCorrelation: pearson(
      relativeTo(response.log, signs),
      relativeTo(logNormaliser, undefined),
    ),
    logResponseCorrelation: silent > 0 ? null : pearson(response.log, logNormaliser),
    responseError: median(
      response.log.map((l, t) =>
        Math.abs((signs[t] as number) * exp(l - (logNormaliser[t] as number)) - 1),
      ),
    ),
    attentionKl: meanDivergence(softmax, implied, tokens),
    nonPositiveResponses: silent,
  };
  if (!state) return { comparison };
  return {
    comparison,
    detail: {
      ...place,
      response: response.value,
      logResponse: response.log,
      normaliser: trace.normaliser,
      logNormaliser,
      attention: { softmax, network: implied },
      state: { ...state, neurons: layer.neurons, width, exponent },
    },
  };
}

/** ±exp(l − largest): the values up to a common factor, without overflow. */
function relativeTo(logs: Float64Array, signs: Float64Array | undefined): Float64Array {
  const largest = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  return logs.map((l, t) => (signs?.[t] ?? 1) * exp(l - largest));
}

/** [Hᵀ | g] (neurons, width + 1) → H (width, neurons) and g (neurons). */
function splitSynapses(synapses: Float32Array, neurons: number, width: number) {
  const H = new Float32Array(width * neurons);
  const g = new Float32Array(neurons);
  for (let r = 0; r < neurons; r++) {
    for (let j = 0; j < width; j++) H[j * neurons + r] = synapses[r * (width + 1) + j] as number;
    g[r] = synapses[r * (width + 1) + width] as number;
  }
  return { H, g };
}
