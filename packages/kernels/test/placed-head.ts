import { activations, type Kernels, type Pointer, placeHiddenInput } from '@tripartite/kernels';
import type { Layer, Name } from './reference/hidden.js';
import { fenced, fencedRoom, randomFloats } from './workbench.js';

/** What a random layer has beside weights. */
export interface Extras {
  readonly map?: boolean;
  readonly centre?: boolean;
  readonly gain?: boolean;
  readonly norm?: number;
  readonly shift?: number;
  readonly constant?: number;
}

/** A layer with random weights, of d^−¼ scale, z of a few units. */
export function randomLayer(
  seed: number,
  activation: Name,
  width: number,
  neurons: number,
  { map, centre, gain, norm = 0, shift = 0, constant = 0 }: Extras = {},
): Layer {
  const size = 2 / Math.sqrt(width);
  return {
    width,
    neurons,
    activation,
    scale: Math.fround(1 / Math.sqrt(Math.sqrt(width))),
    constant: Math.fround(constant),
    norm: Math.fround(norm),
    shift: Math.fround(shift),
    weights: randomFloats(seed, neurons * width, size * Math.sqrt(Math.sqrt(width))),
    bias: randomFloats(seed + 1, neurons, 1),
    ...(map ? { map: randomFloats(seed + 2, width * width, size) } : {}),
    ...(centre ? { centre: randomFloats(seed + 3, width, 1) } : {}),
    ...(gain ? { gain: randomFloats(seed + 4, width, size) } : {}),
  };
}

/** Tokens that are the activity of `neurons` neurons already. */
export function directLayer(neurons: number): Layer {
  const none = { constant: 0, norm: 0, shift: 0, bias: new Float32Array(neurons) };
  return { width: neurons, neurons, activation: 'linear', scale: 1, ...none };
}

/** Puts one side of a layer into the arena, packed as the kernels read it. */
export function placeLayer(kernels: Kernels, layer: Layer): Pointer {
  const { arena } = kernels;
  const { width, neurons, weights, bias, map, centre, gain } = layer;
  const depth = width + 1;
  const packed = (values: Float32Array, rows: number, columns: number, wide: boolean): Pointer => {
    const to = fenced(kernels, new Float32Array(kernels.panelBytes(rows, columns) / 4));
    const from = arena.store(values);
    if (wide) kernels.packLanePanels(to.pointer, from, columns, rows, columns);
    else kernels.packRowPanels(to.pointer, from, columns, rows, columns);
    to.check();
    return to.pointer;
  };
  const biased = new Float32Array(neurons * depth);
  for (let r = 0; weights && r < neurons; r++) {
    biased.set(weights.subarray(r * width, (r + 1) * width), r * depth);
    biased[r * depth + width] = bias[r] as number;
  }
  return placeHiddenInput(arena, {
    width,
    neurons,
    activation: activations[layer.activation],
    scale: layer.scale,
    constant: layer.constant,
    norm: layer.norm,
    shift: layer.shift,
    rows: weights ? packed(biased, neurons, depth, false) : 0,
    lanes: weights ? packed(biased, neurons, depth, true) : 0,
    map: map ? packed(map, width, width, false) : 0,
    centre: centre ? arena.store(centre) : 0,
    gain: gain ? arena.store(gain) : 0,
  });
}

/** Rows of tokens or values, `stride` apart. */
export interface Rows {
  readonly values: Float32Array;
  readonly stride: number;
}

/** Random rows with a gap between them that holds NaN. */
export function randomRows(seed: number, rows: number, width: number, size = 1, gap = 1): Rows {
  const stride = width + gap;
  const values = randomFloats(seed, rows * stride, size);
  for (let t = 0; t < rows; t++) values.fill(Number.NaN, t * stride + width, (t + 1) * stride);
  return { values, stride };
}

/** Row `t`. */
export function rowOf({ values, stride }: Rows, t: number): Float32Array {
  return values.subarray(t * stride, (t + 1) * stride);
}

/** The rows from `first` on. */
export function rowsFrom({ values, stride }: Rows, first: number): Rows {
  return { values: values.subarray(first * stride), stride };
}

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

/** Rows of `width` values that lie one further apart. Throws where the gap was overwritten. */
export function withoutGaps(values: Float32Array, rows: number, width: number): Float32Array {
  const out = new Float32Array(rows * width);
  for (let t = 0; t < rows; t++) {
    out.set(values.subarray(t * (width + 1), t * (width + 1) + width), t * width);
    if (!Number.isNaN(values[t * (width + 1) + width])) throw new Error(`wrote after row ${t}`);
  }
  return out;
}
