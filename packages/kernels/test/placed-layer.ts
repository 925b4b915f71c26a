import { activations, type Kernels, type Pointer, placeHiddenInput } from '@tripartite/kernels';
import type { Layer, Name } from './reference/hidden.js';
import { fenced, randomFloats } from './workbench.js';

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
    depth,
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
