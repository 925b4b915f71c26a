/** What one query gets, in float64. */
export interface SoftmaxAnswer {
  readonly values: Float64Array;
  /** ln Σ exp(score); −∞ where no key is seen. */
  readonly log: number;
  /** What rounding to float32 acts on, of each value: Σ weight · |v| · (1 + size of the score's terms), / Σ weight. */
  readonly sizes: Float64Array;
  /** The same of the sum, relative to it. */
  readonly sumSize: number;
}

/** Softmax attention of one query over the keys that `seen` allows. */
export function softmaxAttention(
  query: ArrayLike<number>,
  keys: readonly ArrayLike<number>[],
  values: readonly ArrayLike<number>[],
  width: number,
  valueWidth: number,
  scale: number,
  seen: (key: number) => boolean,
): SoftmaxAnswer {
  const scores = keys.map((key, s) => {
    let score = 0;
    let size = 0;
    for (let k = 0; seen(s) && k < width; k++) {
      const term = (query[k] as number) * (key[k] as number) * scale * scale;
      score += term;
      size += Math.abs(term);
    }
    return seen(s) ? { score, size } : { score: -Infinity, size: 0 };
  });
  const top = scores.reduce((a, { score }) => Math.max(a, score), -Infinity);
  const out = new Float64Array(valueWidth);
  const sizes = new Float64Array(valueWidth);
  if (top === -Infinity) return { values: out, log: top, sizes, sumSize: 0 };
  let sum = 0;
  let sumSize = 0;
  scores.forEach(({ score, size }, s) => {
    if (score === -Infinity) return;
    const weight = Math.exp(score - top);
    const rounding = weight * (1 + size);
    sum += weight;
    sumSize += rounding;
    for (let j = 0; j < valueWidth; j++) {
      const v = values[s]?.[j] as number;
      out[j] = (out[j] as number) + weight * v;
      sizes[j] = (sizes[j] as number) + rounding * Math.abs(v);
    }
  });
  // The quotient has the roundings of both.
  const relative = sumSize / sum;
  return {
    values: out.map((v) => v / sum),
    log: top + Math.log(sum),
    sizes: sizes.map((size, j) => (size + Math.abs(out[j] as number) * relative) / sum),
    sumSize: relative,
  };
}
