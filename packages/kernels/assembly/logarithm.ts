// The natural logarithm of one float64 number.

/** ln 2 in two parts; the first ends in 32 zero bits, so that whole multiples of it are exact. */
const LN2_HIGH: f64 = 0.69314718036912381649;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
/** The bits of √½. */
const SQRT_HALF_BITS: i64 = 0x3fe6a09e667f3bcd;
const SMALLEST_NORMAL: f64 = 2.2250738585072014e-308;
const TWO_TO_54: f64 = 18014398509481984.0;

/** ln x, ≤ 1 ulp; −∞ at 0, NaN below. */
export function log(x: f64): f64 {
  if (x == 0) return -Infinity;
  if (x < 0) return NaN;
  if (!isFinite(x)) return x;
  const denormal = x < SMALLEST_NORMAL;
  const bits = reinterpret<i64>(denormal ? x * TWO_TO_54 : x);
  // x = 2ⁿ (1 + f) with 1 + f in [√½, √2).
  const power = (bits - SQRT_HALF_BITS) >> 52;
  const n = <f64>(denormal ? power - 54 : power);
  const f = reinterpret<f64>(bits - (power << 52)) - 1;
  // ln(1 + f) = 2 artanh(u), u = f/(2 + f), whose series is cut where it is below 2⁻⁶⁰ of the whole; its first
  // term 2u = f − f²/2 + u f²/2 is taken so that f itself is not rounded.
  const u = f / (2 + f);
  const square = u * u;
  let series: f64 = 0;
  for (let odd = 21; odd > 1; odd -= 2) series = square * (2 / <f64>odd + series);
  const half = 0.5 * f * f;
  return n * LN2_HIGH + (f - (half - (u * (half + series) + n * LN2_LOW)));
}
