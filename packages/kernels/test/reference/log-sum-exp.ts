/** ln Σ exp(x) with its largest value taken out. */
export function logSumExp(x: ArrayLike<number>): number {
  const row = Array.from(x);
  if (row.some(Number.isNaN)) return Number.NaN;
  const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!Number.isFinite(top)) return top;
  return top + Math.log(row.reduce((sum, v) => sum + Math.exp(v - top), 0));
}
