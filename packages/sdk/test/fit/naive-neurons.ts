import type { HeadFit } from '../../src/fit/head-fit.js';

/** Σ over neurons of φ_q(q) φ_k(k) of a head that is fitted, q and k as the transformer has them; float64. */
export function similarityOf(
  {
    shape,
    layout,
    statistics,
    balance,
  }: Pick<HeadFit, 'shape' | 'layout' | 'statistics' | 'balance'>,
  parameters: ArrayLike<number>,
  q: readonly number[],
  k: readonly number[],
): number {
  const { width: d, neurons, shared } = shape;
  const get = (at: number) => parameters[at] as number;
  const scale = d ** -0.25;
  const over = (term: (i: number) => number): number =>
    Array.from({ length: d }, (_, i) => term(i)).reduce((a, b) => a + b, 0);
  const balanced = (x: readonly number[], map: Float64Array, mean: Float64Array): number[] =>
    Array.from({ length: d }, (_, row) =>
      over(
        (i) =>
          Math.fround(map[row * d + i] as number) *
          ((x[i] as number) * scale - (mean[i] as number)),
      ),
    );
  const own = {
    q: balanced(q, balance.queryMap, statistics.queryMean),
    k: balanced(k, balance.keyMap, statistics.keyMean),
  };
  const curved = (x: number[]): number =>
    -over((i) => get(layout.curvature + i) * (x[i] as number) ** 2) / 2;
  const gain = over((i) => (statistics.queryMean[i] as number) * (k[i] as number) * scale);
  const common = get(layout.gains) * gain + curved(own.k) + (shared ? curved(own.q) : 0);
  let sum = 0;
  for (let r = 0; r < neurons; r++) {
    const input = (x: number[], weights: number, bias: number) =>
      get(bias + r) + over((i) => get(weights + r * d + i) * (x[i] as number));
    const zq = input(own.q, layout.queryWeights, layout.queryBias);
    const zk = input(own.k, layout.keyWeights, layout.keyBias);
    sum += Math.exp(zq + zk + common);
  }
  return sum;
}
