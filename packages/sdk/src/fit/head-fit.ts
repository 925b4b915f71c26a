import {
  type FitHeadLayout,
  type FitHeadShape,
  type Kernels,
  layOutFitHead,
  type Pointer,
  placeFitHead,
} from '@tripartite/kernels';
import type { HeadPlace, WeightedLayer } from '../hidden/hidden-layer.js';
import { type Balance, balance } from '../hidden/kinds/matched.js';
import type { HeadStatistics } from '../hidden/statistics.js';

/** Least curvature α of keys: the fitted layer's map has its root, and its weights are divided by that. */
const leastCurvature = 1e-3;

/** The hidden layer of one head while it is fitted: its parameters and what Adam keeps of them, in the arena. */
export interface HeadFit {
  readonly place: HeadPlace;
  readonly shape: FitHeadShape;
  readonly layout: FitHeadLayout;
  readonly statistics: HeadStatistics;
  readonly balance: Balance;
  /** The `FitHead` that the kernels read. */
  readonly head: Pointer;
  /** (length) each: the parameters, and Adam's running means of the gradient and of its square. */
  readonly parameters: Pointer;
  readonly firstMoment: Pointer;
  readonly secondMoment: Pointer;
}

/** Makes room for the fit of a head; its parameters are 0. */
export function placeHeadFit(
  { arena }: Kernels,
  place: HeadPlace,
  statistics: HeadStatistics,
  neurons: number,
  shared: boolean,
): HeadFit {
  const shape = { width: place.width, neurons, shared };
  const layout = layOutFitHead(shape);
  const parameters = arena.floats(layout.length);
  const firstMoment = arena.floats(layout.length);
  const secondMoment = arena.floats(layout.length);
  arena.viewFloats(parameters, layout.length).fill(0);
  const head = placeFitHead(arena, shape, parameters);
  const balanced = balance(statistics);
  return {
    place,
    shape,
    layout,
    statistics,
    balance: balanced,
    head,
    parameters,
    firstMoment,
    secondMoment,
  };
}

/** Keeps the curvature where a map can carry it. To be called after every step. */
export function boundCurvature({ arena }: Kernels, { parameters, layout, shape }: HeadFit): void {
  const curvature = arena.viewFloats(parameters + 4 * layout.curvature, shape.width);
  for (let l = 0; l < shape.width; l++) {
    if (!((curvature[l] as number) >= leastCurvature)) curvature[l] = leastCurvature;
  }
}

/** A (rows,d) · B (d,d), summed in float64; rounded to float32 at the end. */
function multiply(a: ArrayLike<number>, b: Float64Array, d: number): Float32Array {
  const rows = a.length / d;
  const out = new Float32Array(a.length);
  const sums = new Float64Array(d);
  for (let i = 0; i < rows; i++) {
    sums.fill(0);
    for (let l = 0; l < d; l++) {
      const factor = a[i * d + l] as number;
      for (let j = 0; j < d; j++) sums[j] = (sums[j] as number) + factor * (b[l * d + j] as number);
    }
    out.set(sums, i * d);
  }
  return out;
}

/**
 * The layer that the parameters describe, for queries and keys as a head has them (docs/model.md 2): the balance is
 * multiplied into the weights, the curvature into the map, ½ Σ α x̃² = ½ ‖map (x − centre)‖².
 */
export function headLayer(
  { arena }: Kernels,
  { parameters, layout, shape, statistics, balance: maps }: HeadFit,
  kind: string,
): WeightedLayer {
  const { width, neurons, shared } = shape;
  const row = arena.viewFloats(parameters, layout.length).slice();
  const part = (at: number, count: number) => row.subarray(at, at + count);
  const roots = Float64Array.from(part(layout.curvature, width), Math.sqrt);
  const [gamma, offset] = [row[layout.gains] as number, row[layout.gains + 1] as number];
  const { queryMean: a, keyMean: b } = statistics;
  /** √α · map, and weights that see what it leaves. */
  const curved = (map: Float64Array, weights: Float32Array) => ({
    map: Float32Array.from(map, (m, at) => (roots[Math.floor(at / width)] as number) * m),
    weights: weights.map((w, at) => w / (roots[at % width] as number)),
    norm: -0.5,
  });
  const queryWeights = part(layout.queryWeights, neurons * width);
  const keyWeights = part(layout.keyWeights, neurons * width);
  return {
    kind,
    neurons,
    width,
    activation: 'exponential',
    signed: false,
    query: {
      ...(shared
        ? curved(maps.queryMap, queryWeights)
        : { weights: multiply(queryWeights, maps.queryMap, width), norm: 0 }),
      bias: part(layout.queryBias, neurons).slice(),
      centre: Float32Array.from(a),
      gain: Float32Array.from(b),
      constant: offset - a.reduce((sum, value, i) => sum + value * (b[i] as number), 0),
      shift: 0,
    },
    key: {
      ...curved(maps.keyMap, keyWeights),
      bias: part(layout.keyBias, neurons).slice(),
      centre: Float32Array.from(b),
      gain: Float32Array.from(a, (value) => gamma * value),
      constant: 0,
      shift: 0,
    },
  };
}
