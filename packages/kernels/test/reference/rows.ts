/** (x − mean)/√(variance + epsilon) · weight + bias of one row. */
export function layerNorm(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  epsilon: number,
): number[] {
  const row = Array.from(x);
  const mean = row.reduce((a, b) => a + b, 0) / row.length;
  const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / row.length;
  const deviation = Math.sqrt(variance + epsilon);
  return row.map((v, j) => ((v - mean) / deviation) * (weight[j] as number) + (bias[j] as number));
}

/** exp(x − max) over the keys that `seen` allows, 0 for the others. */
export function softmaxRow(
  x: ArrayLike<number>,
  seen: (key: number) => boolean,
): { weights: number[]; sum: number; maximum: number } {
  const row = Array.from(x);
  const maximum = row.reduce((top, v, s) => (seen(s) ? Math.max(top, v) : top), -Infinity);
  const weights = row.map((v, s) => (seen(s) ? Math.exp(v - maximum) : 0));
  return { weights, sum: weights.reduce((a, b) => a + b, 0), maximum };
}
