import { exp, log, scaleByPowerOfTwo } from '../numeric/elementary.js';

/** Responses of a mechanism to some queries: what the astrocyte (or softmax's normaliser) says. */
export interface Responses {
  /** c_t, unscaled; beyond 1e308 it is infinite, where `log` is not. */
  readonly value: Float64Array;
  /** ln |c_t|. */
  readonly log: Float64Array;
}

/** Responses that are computed when somebody looks: most callers want the output alone. */
function whenAsked(rows: number, logAt: (t: number) => number, valueAt: (t: number) => number) {
  const compute = (at: (t: number) => number) =>
    Float64Array.from({ length: rows }, (_, t) => at(t));
  let value: Float64Array | undefined;
  let logs: Float64Array | undefined;
  return {
    get value() {
      value ??= compute(valueAt);
      return value;
    },
    get log() {
      logs ??= compute(logAt);
      return logs;
    },
  };
}

/** c = response · 2^exponent, of an astrocyte. */
export function astrocyteResponses(response: Float32Array, exponents: Int32Array): Responses {
  return whenAsked(
    response.length,
    (t) => log(Math.abs(response[t] as number)) + (exponents[t] as number) * Math.LN2,
    (t) => scaleByPowerOfTwo(response[t] as number, exponents[t] as number),
  );
}

/** c = sum · exp(maximum), of softmax; a query that sees no key has response 0. */
export function softmaxResponses(sums: Float32Array, maxima: Float32Array): Responses {
  const logAt = (t: number): number =>
    (sums[t] as number) > 0 ? log(sums[t] as number) + (maxima[t] as number) : -Infinity;
  return whenAsked(sums.length, logAt, (t) => exp(logAt(t)));
}
