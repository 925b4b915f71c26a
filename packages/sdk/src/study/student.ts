/** Standard normal quantile of 0.975. */
export const z = 1.959963984540054;
const z2 = z * z;

/**
 * Coefficients of 1/ν … 1/ν⁴ in the expansion of Student's quantile about the normal one (Abramowitz and Stegun,
 * 26.7.5).
 */
const terms = [
  (z * (z2 + 1)) / 4,
  (z * ((5 * z2 + 16) * z2 + 3)) / 96,
  (z * (((3 * z2 + 19) * z2 + 17) * z2 - 15)) / 384,
  (z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945)) / 92160,
] as const;

/**
 * Quantile of 0.975 of Student's distribution with ν ≥ 1 degrees of freedom, whole or not: the half width of a 95 %
 * interval in standard errors. Off by at most 0.03 % from ν = 4 on, 0.8 % at 2, 12 % (too small) at 1.
 */
export function studentQuantile(degrees: number): number {
  const step = 1 / degrees;
  return z + step * (terms[0] + step * (terms[1] + step * (terms[2] + step * terms[3])));
}
