import { type Extras, randomLayer } from './placed-layer.js';
import type { Streamed } from './placed-stream.js';
import { randomRows, rowOf } from './random-rows.js';
import { activity, type Name } from './reference/hidden.js';
import { type Answer, emptySynapses, read, write } from './reference/synapses.js';
import { uniform } from './workbench.js';

/** Sizes of a stream. */
export interface StreamSizes {
  readonly rows: number;
  readonly neurons: number;
  readonly width: number;
  readonly valueWidth: number;
}

/** A random stream; masked tokens hold NaN. */
export function randomStream(
  seed: number,
  name: Name,
  { rows, neurons, width, valueWidth }: StreamSizes,
  extras: Extras = {},
  masked = false,
): Streamed {
  const layer = randomLayer(seed, name, width, neurons, extras);
  // The sides differ in what is theirs, not in the weights.
  const query = { ...layer, bias: layer.bias.map((b) => b / 2) };
  const keys = randomRows(seed + 5, rows, width, 2);
  const values = randomRows(seed + 6, rows, valueWidth);
  const queries = randomRows(seed + 7, rows, width, 2, 3);
  const given = { layer, query, keys, values, queries, rows, valueWidth };
  if (!masked) return given;
  const draw = uniform(seed + 8);
  const mask = Uint8Array.from({ length: rows }, () => (draw() < 0.6 ? 1 : 0));
  mask.forEach((seen, t) => {
    if (seen) return;
    rowOf(keys, t).fill(NaN);
    rowOf(values, t).fill(NaN);
  });
  return { ...given, mask };
}

/** What float64 makes of it, one token after the other. */
export function causalAnswers(given: Streamed): Answer[] {
  const { layer, query, keys, values, queries, rows, valueWidth, mask } = given;
  const known = Array.from({ length: rows }, (_, t) => !mask || mask[t] === 1);
  const activities = known.map((seen, t) => (seen ? activity(layer, rowOf(keys, t)) : undefined));
  const log = activities.reduce((top, a) => Math.max(top, a?.log ?? -Infinity), -Infinity);
  const synapses = emptySynapses(valueWidth, layer.neurons, log === -Infinity ? 0 : log);
  return activities.map((own, t) => {
    if (own) write(synapses, own, rowOf(values, t));
    return read(synapses, activity(query, rowOf(queries, t)));
  });
}
