import type { Kernels } from '@tripartite/kernels';
import { headError } from './head-error.js';
import { readHead, type Written, writeHead } from './placed-head.js';
import { type Extras, randomLayer } from './placed-layer.js';
import { randomRows, rowOf } from './random-rows.js';
import { activity, type Layer, type Name } from './reference/hidden.js';
import { type Answer, emptySynapses, read, write } from './reference/synapses.js';
import { inArena, uniform } from './workbench.js';

/** Sizes of a head. */
export interface Sizes {
  readonly tokens: number;
  readonly neurons: number;
  readonly width: number;
  readonly valueWidth: number;
}

/** What is written to a random head, and the queries that are then read. */
export function randomHead(
  seed: number,
  name: Name,
  sizes: Sizes,
  extras: Extras,
  masked: boolean,
) {
  const { tokens, neurons, width, valueWidth } = sizes;
  const layer = randomLayer(seed, name, width, neurons, extras);
  const keys = randomRows(seed + 5, tokens, width, 2);
  const values = randomRows(seed + 6, tokens, valueWidth);
  const queries = randomRows(seed + 7, tokens, width, 2);
  if (!masked) return { given: { layer, keys, values, rows: tokens, valueWidth }, queries };
  const draw = uniform(seed + 8);
  const mask = Uint8Array.from({ length: tokens }, () => (draw() < 0.6 ? 1 : 0));
  mask.forEach((seen, t) => {
    if (seen) return;
    rowOf(keys, t).fill(NaN);
    rowOf(values, t).fill(t % 2 ? NaN : Infinity);
  });
  return { given: { layer, keys, values, rows: tokens, valueWidth, mask }, queries };
}

/** What float64 makes of a head. */
export function answers(
  { layer, keys, values, rows, valueWidth, mask }: Written,
  asked: Float32Array[],
) {
  const known = Array.from({ length: rows }, (_, t) => t).filter((t) => !mask || mask[t] === 1);
  const activities = known.map((t) => activity(layer, rowOf(keys, t)));
  const log = activities.reduce((top, a) => Math.max(top, a.log), -Infinity);
  const synapses = emptySynapses(valueWidth, layer.neurons, log === -Infinity ? 0 : log);
  known.forEach((t, i) => {
    const own = activities[i];
    if (own) write(synapses, own, rowOf(values, t));
  });
  return asked.map((q): Answer => read(synapses, activity(layer, q)));
}

/** Positive φ: their responses are never near 0, so that gated outputs can be compared. */
function isPositive(layer: Layer): boolean {
  return layer.activation.endsWith('exponential') || layer.activation === 'elu';
}

/** Largest error of a random head, see `headError`; positive φ are gated. */
export function worst(
  kernels: Kernels,
  seed: number,
  name: Name,
  sizes: Sizes,
  extras: Extras = {},
  masked = false,
): number {
  const { given, queries } = randomHead(seed, name, sizes, extras, masked);
  const { tokens, valueWidth } = sizes;
  const asked = Array.from({ length: tokens }, (_, t) => rowOf(queries, t));
  const exact = answers(given, asked);
  const gate = isPositive(given.layer) && exact.every(({ values }) => values[valueWidth] !== 0);
  return inArena(kernels, () => {
    const synapses = writeHead(kernels, given);
    kernels.packSynapses(synapses);
    const found = readHead(kernels, synapses, given.layer, queries, tokens, valueWidth, gate);
    return headError(found, exact, gate);
  });
}
