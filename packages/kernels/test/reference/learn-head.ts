import type { FitHeadLayout, FitHeadShape } from '@tripartite/kernels';

/** Tokens of one sequence at a head: q, k (rows,width), gains (rows). */
export interface Sequence {
  readonly q: ArrayLike<number>;
  readonly k: ArrayLike<number>;
  readonly gains: ArrayLike<number>;
  readonly rows: number;
}

/** Σ over neurons of φ_q(q_i) φ_k(k_j), in float64. */
export function unnormalisedAttention(
  parameters: ArrayLike<number>,
  { width, neurons, shared }: FitHeadShape,
  layout: FitHeadLayout,
  { q, k, gains }: Sequence,
  i: number,
  j: number,
): number {
  const get = (part: number, at: number) => parameters[part + at] as number;
  const over = (sum: (l: number) => number): number => {
    let total = 0;
    for (let l = 0; l < width; l++) total += sum(l);
    return total;
  };
  const curved = (x: ArrayLike<number>, t: number): number =>
    -over((l) => get(layout.curvature, l) * (x[t * width + l] as number) ** 2) / 2;
  const input = (x: ArrayLike<number>, t: number, weights: number, bias: number, r: number) =>
    get(bias, r) + over((l) => get(weights, r * width + l) * (x[t * width + l] as number));
  const common =
    get(layout.gains, 1) +
    get(layout.gains, 0) * (gains[j] as number) +
    curved(k, j) +
    (shared ? curved(q, i) : 0);
  let sum = 0;
  for (let r = 0; r < neurons; r++) {
    const zq = input(q, i, layout.queryWeights, layout.queryBias, r);
    const zk = input(k, j, layout.keyWeights, layout.keyBias, r);
    sum += Math.exp(zq + zk + common);
  }
  return sum;
}

/** Σ over queries of KL(p ‖ p̂) and of (ln ĝ − ln g)², term by term in float64. */
export function headLosses(
  parameters: ArrayLike<number>,
  shape: FitHeadShape,
  layout: FitHeadLayout,
  sequence: Sequence,
): { divergence: number; response: number } {
  const { q, k, gains, rows } = sequence;
  const { width } = shape;
  let divergence = 0;
  let response = 0;
  for (let i = 0; i < rows; i++) {
    const scores: number[] = [];
    const own: number[] = [];
    for (let j = 0; j < rows; j++) {
      let score = gains[j] as number;
      for (let l = 0; l < width; l++) {
        score += (q[i * width + l] as number) * (k[j * width + l] as number);
      }
      scores.push(score);
      own.push(unnormalisedAttention(parameters, shape, layout, sequence, i, j));
    }
    const g = scores.reduce((sum, s) => sum + Math.exp(s), 0);
    const estimate = own.reduce((sum, a) => sum + a, 0);
    for (let j = 0; j < rows; j++) {
      const p = Math.exp(scores[j] as number) / g;
      divergence += p * Math.log(p / ((own[j] as number) / estimate));
    }
    response += Math.log(estimate / g) ** 2;
  }
  return { divergence, response };
}
