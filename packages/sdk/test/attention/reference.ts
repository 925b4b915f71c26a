import type { HeadStatistics, HiddenLayer, WeightedLayer } from '@tripartite/sdk';

// Neuron–astrocyte attention in float64, straight from its formulas (Kozachkov et al. 2023): φ by kind from
// the layer's W and b, H = Σ v φ(k)ᵀ, g = Σ φ(k), y = H φ(q) / (g·φ(q)).

type Row = ArrayLike<number>;

function dot(a: Row, b: Row): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function rowOf(matrix: Float32Array | Float64Array, index: number, width: number) {
  return matrix.subarray(index * width, (index + 1) * width);
}

/** What φ of one neuron is made of: z = w·x, its phase b, ‖x‖²/2, m. */
type Formula = (z: number, b: number, half: number, m: number) => number;

/** φ_r(x) of the kinds that are formulas of W, b and x. */
const formulas: Record<string, Formula> = {
  performer: (z, _, half, m) => Math.exp(z - half) / Math.sqrt(m),
  cosine: (z, b, half, m) => Math.sqrt(2 / m) * Math.cos(z + b) * Math.exp(half),
  'positive-cosine': (z, b, half, m) =>
    Math.max(0, Math.sqrt(2 / (Math.PI * m)) * Math.exp(half) * Math.cos(z + b)),
  'truncated-performer': (z, _, half, m) =>
    (Math.exp(-half) / Math.sqrt(m)) * Math.min(Math.exp(z), 150),
  'clipped-sine': (z, b, half, m) => {
    const inside = Math.abs(z + b) <= Math.PI / 2;
    return Math.sqrt(2 / m) * Math.exp(half) * (inside ? Math.sin(z + b) : Math.sign(z + b));
  },
  linear: (z, _, half, m) => 1 + (z - half - 0.5 * Math.log(m)),
  elu: (z) => (z > 0 ? z + 1 : Math.exp(z)),
  relu: (z) => Math.max(0, z),
  hedgehog: (z) => Math.exp(z),
};

/**
 * How large |φ_r(x)| can be where W x takes another value of its usual size: the scale of φ's error in
 * float32, also where φ itself happens to be near 0.
 */
const envelopes: Record<string, Formula> = {
  cosine: (_, __, half, m) => Math.sqrt(2 / m) * Math.exp(half),
  'positive-cosine': (_, __, half, m) => Math.sqrt(2 / (Math.PI * m)) * Math.exp(half),
  'clipped-sine': (_, __, half, m) => Math.sqrt(2 / m) * Math.exp(half),
  linear: (z, _, half, m) => 1 + Math.abs(z) + Math.sqrt(2 * half) + half + Math.log(m) / 2,
  relu: (z, _, half) => Math.max(0, z) + Math.sqrt(2 * half),
};

/** A of `matched`, from the covariance of the balanced queries. */
function shape(map: Float32Array, covariance: Float64Array, d: number): number[] {
  return Array.from({ length: d }, (_, i) => {
    const direction = rowOf(map, i, d);
    const image = Float64Array.from({ length: d }, (__, j) =>
      dot(rowOf(covariance, j, d), direction),
    );
    const f = 2 * dot(direction, image);
    const rho = (Math.sqrt((1 + 2 * f) ** 2 + 8 * f) - 1 - 2 * f) / (4 * f);
    return (1 - 1 / rho) / 8;
  });
}

/** φ of `matched`: tokens centred and balanced, neurons shaped by A. */
function matchedPhi(
  layer: WeightedLayer,
  side: 'query' | 'key',
  { queryMean: a, keyMean: b, queryCovariance }: HeadStatistics,
): (x: Row) => Float64Array {
  const { neurons: m, width: d } = layer;
  const map = layer[side].map as Float32Array;
  const mean = side === 'query' ? a : b;
  const exponents = shape(layer.query.map as Float32Array, queryCovariance, d);
  const slopes = exponents.map((e) => Math.sqrt(1 - 4 * e));
  const factor = slopes.reduce((product, slope) => product * Math.sqrt(slope), 1 / Math.sqrt(m));
  const w = Float64Array.from(layer[side].weights, (v, at) => v / (slopes[at % d] as number));
  const squares = Float64Array.from({ length: m }, (_, r) =>
    exponents.reduce((sum, e, i) => sum + e * (w[r * d + i] as number) ** 2, 0),
  );
  return (x) => {
    const centred = Float64Array.from(x, (v, i) => v - (mean[i] as number));
    const moved = Float64Array.from({ length: d }, (_, i) => dot(rowOf(map, i, d), centred));
    const sloped = moved.map((v, i) => v * (slopes[i] as number));
    const gain = side === 'query' ? Math.exp(dot(x, b) - dot(a, b)) : Math.exp(dot(x, a));
    const half = dot(moved, moved) / 2;
    return squares.map(
      (square, r) => factor * Math.exp(square + dot(rowOf(w, r, d), sloped) - half) * gain,
    );
  };
}

/** φ of every token of x (tokens, width), already divided by d^¼. */
export function activity(
  layer: HiddenLayer,
  side: 'query' | 'key',
  x: Float64Array,
  statistics: HeadStatistics,
): Float64Array[] {
  return rowsOf(formulas[layer.kind], layer, side, x, statistics);
}

/** The size that |φ| of every token can have: φ itself where it has no zeros. */
export function envelope(
  layer: HiddenLayer,
  side: 'query' | 'key',
  x: Float64Array,
  statistics: HeadStatistics,
): Float64Array[] {
  return rowsOf(envelopes[layer.kind] ?? formulas[layer.kind], layer, side, x, statistics);
}

function rowsOf(
  formula: Formula | undefined,
  layer: HiddenLayer,
  side: 'query' | 'key',
  x: Float64Array,
  statistics: HeadStatistics,
): Float64Array[] {
  if ('features' in layer) throw new Error('the reference knows layers with weights');
  const { neurons: m, width: d } = layer;
  const { weights, bias } = layer[side];
  const matched = formula ? undefined : matchedPhi(layer, side, statistics);
  return Array.from({ length: x.length / d }, (_, t) => {
    const row = rowOf(x, t, d);
    if (!formula) return (matched as NonNullable<typeof matched>)(row);
    const half = dot(row, row) / 2;
    return Float64Array.from({ length: m }, (__, r) =>
      formula(dot(rowOf(weights, r, d), row), bias[r] as number, half, m),
    );
  });
}

/** Answers in float64, with Σ|terms| of each sum, which errors are measured against. */
export interface Truth {
  /** (queries, valueWidth). */
  readonly numerators: Float64Array;
  readonly numeratorSizes: Float64Array;
  readonly responses: Float64Array;
  readonly responseSizes: Float64Array;
}

/** Hidden activity of queries and keys, and the sizes that errors are measured against. */
export interface Activities {
  readonly queries: readonly Float64Array[];
  readonly keys: readonly Float64Array[];
  readonly querySizes: readonly Float64Array[];
  readonly keySizes: readonly Float64Array[];
}

/** H φ(q) of every query for values v, H = Σ v φ(k)ᵀ; causal: query t sees the tokens up to t. */
function readAll(
  queries: readonly Float64Array[],
  keys: readonly Float64Array[],
  values: readonly Float64Array[],
  { mask, causal = false }: { mask?: Uint8Array; causal?: boolean },
): Float64Array {
  const m = queries[0]?.length ?? 0;
  const width = values[0]?.length ?? 0;
  const H = Array.from({ length: width }, () => new Float64Array(m));
  const write = (s: number): void => {
    if (mask && !mask[s]) return;
    const h = keys[s] as Float64Array;
    H.forEach((row, j) => {
      const v = (values[s] as Float64Array)[j] as number;
      for (let r = 0; r < m; r++) row[r] = (row[r] as number) + v * (h[r] as number);
    });
  };
  if (!causal) for (let s = 0; s < keys.length; s++) write(s);
  return Float64Array.from(
    queries.flatMap((h, t) => {
      if (causal) write(t);
      return H.map((row) => dot(row, h));
    }),
  );
}

/** Numerators H φ(q) and responses g·φ(q) of every query, masked tokens left out. */
export function attend(
  { queries, keys, querySizes, keySizes }: Activities,
  values: Float32Array,
  options: { mask?: Uint8Array; causal?: boolean } = {},
): Truth {
  const width = values.length / keys.length;
  const rows = keys.map((_, s) => Float64Array.from(rowOf(values, s, width)));
  const ones = keys.map(() => Float64Array.of(1));
  const sizes = rows.map((row) => row.map(Math.abs));
  return {
    numerators: readAll(queries, keys, rows, options),
    numeratorSizes: readAll(querySizes, keySizes, sizes, options),
    responses: readAll(queries, keys, ones, options),
    responseSizes: readAll(querySizes, keySizes, ones, options),
  };
}

/** What the numerators are divided by: signed kinds floor |c| at 10⁻⁶ of the largest (docs/model.md 1). */
export function gates(responses: Float64Array, signed: boolean): Float64Array {
  const largest = responses.reduce((top, c) => Math.max(top, Math.abs(c)), 0);
  if (!signed) return responses;
  return responses.map((c) => (c < 0 ? -1 : 1) * Math.max(Math.abs(c), 1e-6 * largest));
}
