import type { Kernels } from '@tripartite/kernels';
import type { Read, Written } from './placed-head.js';
import { placeLayer } from './placed-layer.js';
import { type Rows, withoutGaps } from './random-rows.js';
import type { Layer } from './reference/hidden.js';
import { fencedRoom } from './workbench.js';

/** A head whose queries and keys may have layers of their own. */
export interface Streamed extends Written {
  readonly query: Layer;
  readonly queries: Rows;
}

/** Streams all tokens through fresh synapses, `chunk` tokens a call; the synapses stay in the arena. */
export function stream(
  kernels: Kernels,
  given: Streamed,
  block: number,
  gate: boolean,
  chunk = Math.max(1, given.rows),
): Read & { readonly synapses: number } {
  const { arena } = kernels;
  const { layer, query, keys, values, queries, rows, valueWidth, mask } = given;
  const { width, neurons } = layer;
  const bytes = kernels.synapsesBytes(valueWidth, neurons);
  const synapses = fencedRoom(kernels, Math.ceil(bytes / 4));
  kernels.clearSynapses(synapses.pointer, valueWidth, neurons);
  const [asking, telling] = [placeLayer(kernels, query), placeLayer(kernels, layer)];
  const [q, k, v] = [queries, keys, values].map((part) => arena.store(part.values));
  const silent = mask ? arena.store(mask) : 0;
  const stride = valueWidth + 1;
  const out = fencedRoom(kernels, rows * stride);
  const [responses, exponents] = [fencedRoom(kernels, rows), fencedRoom(kernels, rows)];
  const activity = fencedRoom(kernels, (block + 6) * Math.ceil(neurons / 8) * 8);
  const scratchFloats = kernels.streamScratch(width, valueWidth, neurons, block) / 4;
  const scratch = fencedRoom(kernels, Math.ceil(scratchFloats));
  for (let t = 0; t < rows; t += chunk) {
    kernels.streamTokens(
      out.pointer + t * stride * 4,
      stride,
      responses.pointer + t * 4,
      exponents.pointer + t * 4,
      synapses.pointer,
      asking,
      telling,
      (q as number) + t * queries.stride * 4,
      queries.stride,
      (k as number) + t * keys.stride * 4,
      keys.stride,
      (v as number) + t * values.stride * 4,
      values.stride,
      silent && silent + t,
      Math.min(chunk, rows - t),
      gate,
      block,
      activity.pointer,
      scratch.pointer,
    );
  }
  for (const room of [synapses, activity, scratch]) room.check();
  return {
    out: withoutGaps(out.take(), rows, valueWidth),
    responses: responses.take(),
    exponents: new Int32Array(exponents.take().buffer),
    synapses: synapses.pointer,
  };
}
