import { activations, type Kernels, type Pointer, placeHiddenInput } from '@tripartite/kernels';
import type {
  FunctionLayer,
  HiddenInput,
  HiddenLayer,
  WeightedLayer,
} from '../hidden/hidden-layer.js';
import type { Rows } from './rows.js';

/** A hidden layer whose weights lie in an arena. Memory belongs to whoever holds the arena's mark. */
export interface PlacedLayer {
  /** Both sides, as the kernels read them. */
  readonly query: Pointer;
  readonly key: Pointer;
  /** Width of the tokens that the kernels get. */
  readonly width: number;
  /**
   * What the kernels get of tokens: themselves, or the activities that the user's own φ makes of them, in memory
   * allocated on the way. `mask` points at a byte per token, or is 0.
   */
  enter(tokens: Rows, mask: Pointer): Rows;
}

/** [W | b] (neurons, depth): a bias is the weight of a coordinate that is always 1. */
function withBias({ weights, bias }: HiddenInput, neurons: number, width: number) {
  if (bias.every((b) => b === 0)) return { all: weights, depth: width };
  const depth = width + 1;
  const all = new Float32Array(neurons * depth);
  for (let r = 0; r < neurons; r++) {
    all.set(weights.subarray(r * width, (r + 1) * width), r * depth);
    all[r * depth + width] = bias[r] as number;
  }
  return { all, depth };
}

function placeInput(
  kernels: Kernels,
  layer: WeightedLayer,
  input: HiddenInput,
  scale: number,
): Pointer {
  const { arena } = kernels;
  const { neurons, width } = layer;
  const { all, depth } = withBias(input, neurons, width);
  const rows = arena.allocate(kernels.panelBytes(neurons, depth));
  const lanes = arena.allocate(kernels.panelBytes(neurons, depth));
  const map = input.map ? arena.allocate(kernels.panelBytes(width, width)) : 0;
  const mark = arena.mark();
  const weights = arena.store(all);
  kernels.packRowPanels(rows, weights, depth, neurons, depth);
  kernels.packLanePanels(lanes, weights, depth, neurons, depth);
  if (input.map) kernels.packRowPanels(map, arena.store(input.map), width, width, width);
  arena.release(mark);
  const { constant, norm, shift } = input;
  return placeHiddenInput(arena, {
    width,
    neurons,
    activation: activations[layer.activation],
    scale,
    depth,
    constant,
    norm,
    shift,
    rows,
    lanes,
    map,
    centre: input.centre ? arena.store(input.centre) : 0,
    gain: input.gain ? arena.store(input.gain) : 0,
  });
}

function placeWeighted(kernels: Kernels, layer: WeightedLayer, scale: number): PlacedLayer {
  const query = placeInput(kernels, layer, layer.query, scale);
  const key = layer.key === layer.query ? query : placeInput(kernels, layer, layer.key, scale);
  return { query, key, width: layer.width, enter: (tokens) => tokens };
}

function placeFunction(kernels: Kernels, layer: FunctionLayer, scale: number): PlacedLayer {
  const { arena } = kernels;
  const { width, neurons, features } = layer;
  const activation = activations.linear;
  const none = { constant: 0, norm: 0, shift: 0, rows: 0, lanes: 0, map: 0, centre: 0, gain: 0 };
  const fields = { width: neurons, depth: neurons, neurons, activation, scale: 1, ...none };
  const at = placeHiddenInput(arena, fields);
  return {
    query: at,
    key: at,
    width: neurons,
    enter({ pointer, stride, rows }, mask) {
      const activities = arena.floats(rows * neurons);
      for (let t = 0; t < rows; t++) {
        const activity = new Float32Array(neurons);
        if (!mask || arena.viewBytes(mask + t, 1)[0]) {
          const token = arena.viewFloats(pointer + t * stride * 4, width);
          features(
            token.map((x) => x * scale),
            activity,
          );
        }
        arena.viewFloats(activities + t * neurons * 4, neurons).set(activity);
      }
      return { pointer: activities, stride: neurons, rows };
    },
  };
}

/** Puts a hidden layer into the kernels' arena; tokens are multiplied by `scale` (d^−¼) first. */
export function placeLayer(kernels: Kernels, layer: HiddenLayer, scale: number): PlacedLayer {
  return 'features' in layer
    ? placeFunction(kernels, layer, scale)
    : placeWeighted(kernels, layer, scale);
}
