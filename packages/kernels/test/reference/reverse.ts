import { erf } from './elementary.js';

/**
 * Gradient through layer norm of one row, by dy; and the size that errors of float64 are in proportion to: the inverse
 * deviation times the largest |dy weight|.
 */
export function layerNormReverse(
  dy: ArrayLike<number>,
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  epsilon: number,
): { dx: number[]; size: number } {
  const row = Array.from(x);
  const n = row.length;
  const mean = row.reduce((a, b) => a + b, 0) / n;
  const deviation = Math.sqrt(row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n + epsilon);
  const slopes = row.map((_, j) => (dy[j] as number) * (weight[j] as number));
  // Row by row of the Jacobian ∂x̂_i/∂x_j = ((i = j) − 1/n − x̂_i x̂_j / n) / deviation.
  const normal = row.map((v) => (v - mean) / deviation);
  const dx = normal.map((own, j) =>
    normal.reduce((sum, other, i) => {
      const jacobian = ((i === j ? 1 : 0) - 1 / n - (other * own) / n) / deviation;
      return sum + (slopes[i] as number) * jacobian;
    }, 0),
  );
  return { dx, size: Math.max(...slopes.map(Math.abs)) / deviation };
}

/** Slope of GELU with erf. */
export function geluSlope(x: number): number {
  const density = Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);
  return 0.5 * (1 + erf(x / Math.SQRT2)) + x * density;
}
