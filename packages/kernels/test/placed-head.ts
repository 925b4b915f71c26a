import type { Kernels, Pointer } from '@tripartite/kernels';
import { placeLayer } from './placed-layer.js';
import { type Rows, withoutGaps } from './random-rows.js';
import type { Layer } from './reference/hidden.js';
import { fencedRoom } from './workbench.js';

/** What is written to a head: keys and values (rows), and a byte a token where some are masked. */
export interface Written {
  readonly layer: Layer;
  readonly keys: Rows;
  readonly values: Rows;
  readonly rows: number;
  readonly valueWidth: number;
  readonly mask?: Uint8Array;
}

/** Outputs of a head, rows without gaps, with responses and the exponents that they and bare numerators have. */
export interface Read {
  readonly out: Float32Array;
  readonly responses: Float32Array;
  readonly exponents: Int32Array;
}

/** Scratch memory between sentinels, of exactly as many bytes as writing and reading a head may use. */
function fencedScratch(kernels: Kernels, { width, neurons }: Layer, valueWidth: number) {
  const head = kernels.astrocyteHeadScratch(width, valueWidth, neurons);
  return fencedRoom(kernels, Math.ceil((head - kernels.synapsesBytes(valueWidth, neurons)) / 4));
}

/** How writing is split over calls: strips at `cuts`, and tokens by `chunk`. */
export interface Split {
  readonly cuts?: readonly number[];
  readonly chunk?: number;
}

/** Synapses with tokens written, not packed yet. */
export function writeHead(
  kernels: Kernels,
  given: Written,
  { cuts = [], chunk = Math.max(1, given.rows) }: Split = {},
): Pointer {
  const { arena } = kernels;
  const { layer, keys, values, rows, valueWidth, mask } = given;
  const { neurons } = layer;
  const strips = Math.ceil(neurons / 8);
  const floats = Math.ceil(kernels.synapsesBytes(valueWidth, neurons) / 4);
  const synapses = fencedRoom(kernels, floats);
  const mark = arena.mark();
  kernels.clearSynapses(synapses.pointer, valueWidth, neurons);
  const input = placeLayer(kernels, layer);
  const [k, v] = [arena.store(keys.values), arena.store(values.values)];
  const silent = mask ? arena.store(mask) : 0;
  const scratch = fencedScratch(kernels, layer, valueWidth);
  const edges = [0, ...cuts.filter((cut) => cut < strips), strips];
  for (let t = 0; t < rows; t += chunk) {
    edges.slice(1).forEach((last, i) => {
      kernels.writeTokens(
        synapses.pointer,
        input,
        k + t * keys.stride * 4,
        keys.stride,
        v + t * values.stride * 4,
        values.stride,
        silent && silent + t,
        Math.min(chunk, rows - t),
        edges[i] as number,
        last,
        scratch.pointer,
      );
    });
  }
  scratch.check();
  synapses.check();
  arena.release(mark);
  return synapses.pointer;
}

/** What queries read from packed synapses. */
export function readHead(
  kernels: Kernels,
  synapses: Pointer,
  layer: Layer,
  queries: Rows,
  rows: number,
  valueWidth: number,
  gate: boolean,
): Read {
  const { arena } = kernels;
  const mark = arena.mark();
  const input = placeLayer(kernels, layer);
  const q = arena.store(queries.values);
  const stride = valueWidth + 1;
  const out = fencedRoom(kernels, rows * stride, rows % 4);
  const responses = fencedRoom(kernels, rows);
  const exponents = fencedRoom(kernels, rows);
  const scratch = fencedScratch(kernels, layer, valueWidth);
  kernels.readTokens(
    out.pointer,
    stride,
    responses.pointer,
    exponents.pointer,
    synapses,
    input,
    q,
    queries.stride,
    rows,
    gate,
    scratch.pointer,
  );
  scratch.check();
  const read = {
    out: withoutGaps(out.take(), rows, valueWidth),
    responses: responses.take(),
    exponents: new Int32Array(exponents.take().buffer),
  };
  arena.release(mark);
  return read;
}
