import type { FitHeadLayout, FitHeadShape } from '@tripartite/kernels';

/** Tokens of one sequence at a head: q, k (rows,width), gains (rows). */
export interface Sequence {
  readonly q: ArrayLike<number>;
  readonly k: ArrayLike<number>;
  readonly gains: ArrayLike<number>;
  readonly rows: number;
}

/** Σ over queries of KL(p ‖ p̂) and of (ln ĝ − ln g)², term by term in float64. */
export function headLosses(
  parameters: ArrayLike<number>,
  { width, neurons, shared }: FitHeadShape,
  layout: FitHeadLayout,
  { q, k, gains, rows }: Sequence,
): { divergence: number; response: number } {
  const get = (part: number, at: number) => parameters[part + at] as number;
  const curved = (x: ArrayLike<number>, t: number): number => {
    let sum = 0;
    for (let l = 0; l < width; l++)
      sum += get(layout.curvature, l) * (x[t * width + l] as number) ** 2;
    return -sum / 2;
  };
  const input = (x: ArrayLike<number>, t: number, weights: number, bias: number, r: number) => {
    let sum = get(bias, r);
    for (let l = 0; l < width; l++)
      sum += get(weights, r * width + l) * (x[t * width + l] as number);
    return sum;
  };
  let divergence = 0;
  let response = 0;
  for (let i = 0; i < rows; i++) {
    const scores: number[] = [];
    const own: number[] = [];
    for (let j = 0; j < rows; j++) {
      let score = gains[j] as number;
      for (let l = 0; l < width; l++)
        score += (q[i * width + l] as number) * (k[j * width + l] as number);
      scores.push(score);
      let sum = 0;
      const common =
        get(layout.gains, 1) +
        get(layout.gains, 0) * (gains[j] as number) +
        curved(k, j) +
        (shared ? curved(q, i) : 0);
      for (let r = 0; r < neurons; r++) {
        const zq = input(q, i, layout.queryWeights, layout.queryBias, r);
        const zk = input(k, j, layout.keyWeights, layout.keyBias, r);
        sum += Math.exp(zq + zk + common);
      }
      own.push(sum);
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
