import type { Kernels } from '@tripartite/kernels';
import type { Responses } from '../attention/rows.js';
import type { HiddenLayer } from '../hidden/hidden-layer.js';
import { exp, log } from '../numeric/elementary.js';
import { median, pearson, relativeError } from '../numeric/statistics.js';
import type { HeadTrace } from '../transformer/traces.js';
import { networkWeights, softmaxWeights } from './attention-weights.js';
import type { HeadComparison, HeadDetail } from './comparison.js';
import { runHead } from './head-run.js';

/** An implied weight that vanishes in float32 counts as this share, so that the divergence stays finite. */
const leastWeight = 1.401298464324817e-45;

/** Measures and, where asked for, details of one head on the transformer's own q, k, v. */
export interface HeadMeasurement {
  readonly comparison: HeadComparison;
  readonly detail?: HeadDetail;
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

/** What is measured of a head's response alone. */
export type ResponseMeasures = Pick<
  HeadComparison,
  'responseCorrelation' | 'logResponseCorrelation' | 'responseError' | 'nonPositiveResponses'
>;

/** Measures the astrocyte's response against the normaliser, token by token (definitions: `HeadComparison`). */
export function measureResponse(
  response: Responses,
  logNormaliser: Float64Array,
): ResponseMeasures {
  const signs = response.value.map((c) => (c > 0 ? 1 : -1));
  const silent = response.value.filter((c) => !(c > 0)).length;
  return {
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
    nonPositiveResponses: silent,
  };
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
  const { tokens, logNormaliser } = trace;
  const { output, response, state } = runHead(kernels, layer, trace);
  // Before the weights: they use the same memory.
  const synapses = detailed ? state() : undefined;
  const softmax = softmaxWeights(kernels, trace);
  const implied = networkWeights(kernels, layer, trace);
  const place = { layer: trace.layer, head: trace.head, stack: trace.stack };
  const comparison: HeadComparison = {
    ...place,
    swapped,
    outputError: relativeError(output, trace.output),
    centredOutputError: centredError(output, trace),
    attentionKl: meanDivergence(softmax, implied, tokens),
    ...measureResponse(response, logNormaliser),
  };
  if (!synapses) return { comparison };
  return {
    comparison,
    detail: {
      ...place,
      response: response.value,
      logResponse: response.log,
      normaliser: trace.normaliser,
      logNormaliser,
      attention: { softmax, network: implied },
      state: synapses,
    },
  };
}

/** ±exp(l − largest): the values up to a common factor, without overflow. */
function relativeTo(logs: Float64Array, signs: Float64Array | undefined): Float64Array {
  const largest = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  return logs.map((l, t) => (signs?.[t] ?? 1) * exp(l - largest));
}
