/** Sizes and the times they take, in ms. */
export interface Curve {
  readonly sizes: readonly number[];
  readonly ms: readonly number[];
}

/** Least-squares slope of log time over log size: the power of the size that the cost grows with. */
export function slope({ sizes, ms }: Curve): number {
  const x = sizes.map(Math.log);
  const y = ms.map(Math.log);
  const meanX = mean(x);
  const meanY = mean(y);
  let covariance = 0;
  let variance = 0;
  for (const [at, value] of x.entries()) {
    covariance += (value - meanX) * ((y[at] as number) - meanY);
    variance += (value - meanX) ** 2;
  }
  return covariance / variance;
}

/** The larger half of the sizes, the middle one included: there fixed costs weigh little. */
export function upperHalf({ sizes, ms }: Curve): Curve {
  const from = Math.floor(sizes.length / 2);
  return { sizes: sizes.slice(from), ms: ms.slice(from) };
}

/**
 * The size from which on `rising` takes longer than `flat`, both over the same sizes: where the straight lines between
 * the points of log time over log size cross last. None where one is the faster throughout, or at the end.
 */
export function crossing(flat: Curve, rising: Curve): number | undefined {
  const gaps = flat.ms.map((ms, at) => Math.log((rising.ms[at] as number) / ms));
  const last = gaps.findLastIndex((gap) => gap <= 0);
  const [below, above] = [gaps[last], gaps[last + 1]];
  if (below === undefined || above === undefined) return undefined;
  const from = flat.sizes[last] as number;
  const to = flat.sizes[last + 1] as number;
  return from * (to / from) ** (below / (below - above));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
