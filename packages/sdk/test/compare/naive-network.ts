import type { ActivationName, HiddenInput, HiddenLayer } from '../../src/hidden/hidden-layer.js';

// The neuron–astrocyte network from its definition, in float64 and the plainest loops.

const activations: Record<ActivationName, (z: number) => number> = {
  exponential: Math.exp,
  'clipped-exponential': (z) => Math.min(Math.exp(z), 150),
  cosine: Math.cos,
  'positive-cosine': (z) => Math.max(0, Math.cos(z)),
  'clipped-sine': (z) => (Math.abs(z) <= Math.PI / 2 ? Math.sin(z) : Math.sign(z)),
  linear: (z) => z,
  elu: (z) => (z > 0 ? z + 1 : Math.exp(z)),
  relu: (z) => Math.max(0, z),
};

/** Σ a b. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Row `t` of a matrix with rows of `width`. */
export function rowOf(values: ArrayLike<number>, t: number, width: number): number[] {
  return Array.from({ length: width }, (_, i) => values[t * width + i] as number);
}

function excite(input: HiddenInput, activation: ActivationName, x: number[], neurons: number) {
  const width = x.length;
  const { centre, map, weights, bias, gain } = input;
  const centred = centre ? x.map((value, i) => value - (centre[i] as number)) : x;
  const seen = map ? centred.map((_, i) => dot(rowOf(map, i, width), centred)) : centred;
  const square = dot(seen, seen);
  const factor = Math.exp(input.norm * square + (gain ? dot(gain, x) : 0) + input.constant);
  return Array.from({ length: neurons }, (_, r) => {
    let z = (bias[r] as number) + input.shift * square;
    for (let i = 0; i < width; i++) z += (weights[r * width + i] as number) * (seen[i] as number);
    return activations[activation](z) * factor;
  });
}

/** φ(x), (neurons), of a token divided by d^¼. */
export function naiveFeatures(layer: HiddenLayer, side: 'query' | 'key', x: number[]): number[] {
  if (!('features' in layer)) return excite(layer[side], layer.activation, x, layer.neurons);
  const activity = new Float32Array(layer.neurons);
  layer.features(Float32Array.from(x), activity);
  return Array.from(activity);
}

/** Queries, keys and values of a head as the transformer has them, (tokens, width) each. */
export interface HeadArrays {
  readonly queries: ArrayLike<number>;
  readonly keys: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** What a head gives, a row per query. `weights` are what the values are multiplied with. */
export interface NaiveReadout {
  readonly output: number[][];
  /** Σ_s φ(q_t)·φ(k_s), or Σ_s exp(q_t·k_s). */
  readonly response: number[];
  readonly weights: number[][];
}

/** Rows divided by d^¼. */
export function scaledRows(values: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, t) =>
    rowOf(values, t, width).map((x) => x / width ** 0.25),
  );
}

function attend(products: number[][], { values }: HeadArrays, width: number): NaiveReadout {
  const response = products.map((row) => row.reduce((sum, x) => sum + x, 0));
  const weights = products.map((row, t) => row.map((x) => x / (response[t] as number)));
  const columns = Array.from({ length: width }, (_, j) =>
    Array.from({ length: values.length / width }, (_, s) => values[s * width + j] as number),
  );
  return { response, weights, output: weights.map((row) => columns.map((v) => dot(row, v))) };
}

/** Softmax attention; products are exp(q_t·k_s). */
export function naiveSoftmax(head: HeadArrays, width: number): NaiveReadout {
  const keys = scaledRows(head.keys, width);
  const products = scaledRows(head.queries, width).map((q) => keys.map((k) => Math.exp(dot(q, k))));
  return attend(products, head, width);
}

/** The network; products are φ(q_t)·φ(k_s). */
export function naiveNetwork(layer: HiddenLayer, head: HeadArrays): NaiveReadout {
  const { width } = layer;
  const keys = scaledRows(head.keys, width).map((k) => naiveFeatures(layer, 'key', k));
  const products = scaledRows(head.queries, width).map((x) => {
    const q = naiveFeatures(layer, 'query', x);
    return keys.map((k) => dot(q, k));
  });
  return attend(products, head, width);
}
