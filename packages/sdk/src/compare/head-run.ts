import type { Kernels } from '@tripartite/kernels';
import { createAstrocyte } from '../attention/astrocyte.js';
import type { Responses } from '../attention/rows.js';
import { readSynapses } from '../attention/synapses.js';
import type { HiddenLayer } from '../hidden/hidden-layer.js';
import { headScale } from '../transformer/forward.js';
import { copyRows, type HeadTrace, placeRows } from '../transformer/traces.js';
import type { HeadDetail } from './comparison.js';

/** What a network makes of a recorded head's own q, k, v. */
export interface HeadRun {
  /** (tokens, width). */
  readonly output: Float32Array;
  readonly response: Responses;
  /** Copies the synapses after the write phase; valid until the kernels run again. */
  readonly state: () => HeadDetail['state'];
}

/** Runs a neuron–astrocyte network on the queries, keys and values of a recorded head, and forgets it. */
export function runHead(kernels: Kernels, layer: HiddenLayer, trace: HeadTrace): HeadRun {
  const { arena } = kernels;
  const { width, tokens } = trace;
  const { neurons } = layer;
  const mark = arena.mark();
  const network = createAstrocyte(kernels, layer, width, headScale(width));
  const { synapses } = network;
  const q = placeRows(kernels, trace.queries, width);
  const k = placeRows(kernels, trace.keys, width);
  const v = placeRows(kernels, trace.values, width);
  const out = placeRows(kernels, new Float32Array(tokens * width), width);
  network.begin();
  network.write(k, v, 0);
  const response = network.read(q, out);
  const output = copyRows(kernels, out, width);
  arena.release(mark);
  return {
    output,
    response,
    state: () => ({ ...readSynapses(kernels, synapses), neurons, width }),
  };
}
