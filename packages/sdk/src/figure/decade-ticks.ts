/** Decimal logarithms of 1, 2 and 5. */
const thirds = [0, 0.3010299956639812, 0.6989700043360189];

/** Labels that fit side by side on the narrowest figure. */
const mostTicks = 6;

/**
 * Places of ticks on a logarithmic axis, as decimal logarithms, from `low` to `high` (decimal logarithms too):
 * 1, 2, 5 of each decade, whole decades over more than two of them, every second, third … decade over many.
 */
export function decadeTicks(low: number, high: number): number[] {
  const steps = high - low > 2 ? [0] : thirds;
  const stride = Math.max(1, Math.ceil((high - low) / mostTicks));
  const ticks: number[] = [];
  for (let decade = Math.floor(low); decade <= Math.ceil(high); decade++) {
    if (decade % stride !== 0) continue;
    for (const step of steps) ticks.push(decade + step);
  }
  return ticks.filter((tick) => tick >= low - 1e-9 && tick <= high + 1e-9);
}
