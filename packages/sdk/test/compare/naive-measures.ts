import type { NaiveReadout } from './naive-network.js';
import { rowOf } from './naive-network.js';

/** A weight of 0 counts as the least float32, so that the divergence stays finite. */
const leastWeight = 2 ** -149;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, x) => sum + x, 0) / values.length;

const length = (values: readonly number[]): number => Math.hypot(...values);

function correlation(a: readonly number[], b: readonly number[]): number {
  const x = a.map((value) => value - mean(a));
  const y = b.map((value) => value - mean(b));
  return x.reduce((sum, value, i) => sum + value * (y[i] as number), 0) / (length(x) * length(y));
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return mean(sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1));
}

/** Every measure of a head from softmax's and the network's readouts and the values, (tokens, width). */
export function naiveMeasures(
  softmax: NaiveReadout,
  network: NaiveReadout,
  values: ArrayLike<number>,
  width: number,
) {
  const exact = softmax.output.flat();
  const off = network.output.flat().map((y, i) => y - (exact[i] as number));
  const rows = Array.from({ length: values.length / width }, (_, t) => rowOf(values, t, width));
  const average = Array.from({ length: width }, (_, j) => mean(rows.map((v) => v[j] as number)));
  const centred = exact.map((y, i) => y - (average[i % width] as number));
  const ratios = network.response.map((c, t) => Math.abs(c / (softmax.response[t] as number) - 1));
  return {
    outputError: length(off) / length(exact),
    centredOutputError: length(off) / length(centred),
    responseCorrelation: correlation(network.response, softmax.response),
    logResponseCorrelation: correlation(
      network.response.map(Math.log),
      softmax.response.map(Math.log),
    ),
    responseError: middle(ratios),
    attentionKl: mean(
      softmax.weights.map((row, t) =>
        row.reduce((sum, p, s) => {
          const implied = Math.max(network.weights[t]?.[s] as number, leastWeight);
          return sum + p * (Math.log(p) - Math.log(implied));
        }, 0),
      ),
    ),
    nonPositiveResponses: network.response.filter((c) => c <= 0).length,
  };
}
