import { TripartiteError } from '../errors.js';
import type { HiddenSource, WeightedLayer } from '../hidden/hidden-layer.js';
import { exp, log } from '../numeric/elementary.js';
import type { Preparation } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import { type HeadTrace, tracingAttend } from '../transformer/traces.js';
import { logActivities } from './activity.js';
import { rememberLayers } from './settings.js';
import { ownResults, type Watching } from './twins.js';

/** A token that a neuron responds to. */
export interface Sighting {
  /** Number of the input. */
  readonly input: number;
  readonly token: number;
  /** How strongly, to compare with others of the same neuron and side. */
  readonly strength: number;
}

/** What was seen of the hidden neurons of one head. */
export interface WatchedHead {
  readonly layer: number;
  readonly head: number;
  readonly stack: 'encoder' | 'decoder';
  /**
   * For each input the share of each neuron in the astrocyte's response, φ_r(q_t) Σ_s φ_r(k_s) / c_t, mean over
   * queries; (neurons).
   */
  readonly use: readonly Float64Array[];
  /** For each neuron the keys that excite it most relative to its fellows, strongest first. */
  readonly keys: readonly (readonly Sighting[])[];
  /** For each neuron the queries in whose answer its share is largest, strongest first. */
  readonly queries: readonly (readonly Sighting[])[];
}

/** The strongest of many sightings of each neuron. */
function createLists(neurons: number, most: number) {
  const lists: Sighting[][] = Array.from({ length: neurons }, () => []);
  const least = new Float64Array(neurons).fill(Number.NEGATIVE_INFINITY);
  return {
    lists,
    add(neuron: number, input: number, token: number, strength: number): void {
      if (strength <= (least[neuron] as number)) return;
      const list = lists[neuron] as Sighting[];
      const place = list.findIndex((other) => other.strength < strength);
      list.splice(place < 0 ? list.length : place, 0, { input, token, strength });
      if (list.length > most) list.pop();
      if (list.length === most) least[neuron] = list[most - 1]?.strength ?? 0;
    },
  };
}

/** Replaces logarithms x by shares e^x / Σ e^x. */
function toShares(row: Float64Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (const x of row) largest = Math.max(largest, x);
  let sum = 0;
  for (let r = 0; r < row.length; r++) {
    const share = exp((row[r] as number) - largest);
    row[r] = share;
    sum += share;
  }
  for (let r = 0; r < row.length; r++) row[r] = (row[r] as number) / sum;
}

/** ln Σ_s φ_r(k_s) of each neuron, from ln φ (tokens, neurons). */
function logTraces(activity: Float64Array, neurons: number): Float64Array {
  const largest = new Float64Array(neurons).fill(Number.NEGATIVE_INFINITY);
  activity.forEach((x, at) => {
    largest[at % neurons] = Math.max(largest[at % neurons] as number, x);
  });
  const sums = new Float64Array(neurons);
  activity.forEach((x, at) => {
    sums[at % neurons] =
      (sums[at % neurons] as number) + exp(x - (largest[at % neurons] as number));
  });
  return sums.map((sum, r) => log(sum) + (largest[r] as number));
}

function watchHead(neurons: number, inputs: number, most: number, place: HeadTrace) {
  const use = Array.from({ length: inputs }, () => new Float64Array(neurons));
  const [keys, queries] = [createLists(neurons, most), createLists(neurons, most)];
  const { layer, head, stack } = place;
  return {
    seen: { layer, head, stack, use, keys: keys.lists, queries: queries.lists },
    look(hidden: WeightedLayer, trace: HeadTrace, input: number): void {
      const written = logActivities(hidden, 'key', trace.keys);
      const read = logActivities(hidden, 'query', trace.queries);
      const traces = logTraces(written, neurons);
      const own = use[input] as Float64Array;
      for (let t = 0; t < trace.tokens; t++) {
        const row = read.subarray(t * neurons, (t + 1) * neurons);
        for (let r = 0; r < neurons; r++) row[r] = (row[r] as number) + (traces[r] as number);
        toShares(row);
        const key = written.subarray(t * neurons, (t + 1) * neurons);
        toShares(key);
        for (let r = 0; r < neurons; r++) {
          own[r] = (own[r] as number) + (row[r] as number) / trace.tokens;
          queries.add(r, input, t, row[r] as number);
          keys.add(r, input, t, key[r] as number);
        }
      }
    },
  };
}

/**
 * Watches every hidden neuron of every head on the transformer's own queries and keys, and keeps the `most` tokens
 * that it responds to most on either side. Throws `UNSUPPORTED` for hidden layers that are no exponentials of weights.
 */
export async function watchNeurons(
  model: Model,
  source: HiddenSource,
  inputs: readonly Preparation[],
  { most, ...watching }: Watching & { readonly most: number },
): Promise<WatchedHead[]> {
  const remembered = rememberLayers(source);
  const heads = new Map<string, ReturnType<typeof watchHead>>();
  await ownResults(model, inputs, watching, (first) =>
    tracingAttend(
      model.kernels,
      () => true,
      (trace, item) => {
        const hidden = remembered(trace, 1);
        if ('features' in hidden) {
          throw new TripartiteError('UNSUPPORTED', 'hidden neurons are a function, not weights');
        }
        const place = `${trace.layer}.${trace.head}`;
        const watched = heads.get(place) ?? watchHead(hidden.neurons, inputs.length, most, trace);
        heads.set(place, watched);
        watched.look(hidden, trace, first + item);
      },
    ),
  );
  return [...heads.values()].map(({ seen }) => seen);
}
