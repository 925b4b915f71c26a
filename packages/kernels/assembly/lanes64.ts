// Two float64 lanes at a time: exp and tanh, as plain arithmetic, as in `lanes`.
import { multiplyAdd } from './width';

// log2 e, ln 2 in two parts (Cody and Waite 1980; the first has 16 bits, so that n times it is exact), then
// Cephes' rational exp: with z = r², p = r·(P₀z² + P₁z + P₂) and q = Q₀z³ + Q₁z² + Q₂z + Q₃,
// exp(r) = 1 + 2p/(q − p) and tanh(r/2) = p/q for |r| ≤ ln 2 / 2.
const EXP = memory.data<f64>(
  [
    1.4426950408889634074, 6.93145751953125e-1, 1.42860682030941723212e-6, 1.2617719307481059e-4,
    3.0299440770744196e-2, 1.0, 3.0019850513866446e-6, 2.5244834034968411e-3, 2.2726554820815503e-1,
    2.0,
  ],
  16,
);

// 1; ½; 1.5·2⁵² + 1023, whose sum with a whole number has that as a biased exponent in its low bits; where
// exp(x) is 0 and infinite for certain; the exponent of what is 0; where tanh(x) is 1 for certain; −2; −0.
const CONSTANT = memory.data<f64>(
  [1.0, 0.5, 6755399441056767.0, -746.0, 710.0, -1023.0, 22.0, -2.0, -0.0],
  16,
);

/** 2ⁿ for whole n in [−1023, 1024]; −1023 gives 0 and 1024 infinity. */
function powerOfTwo(n: v128): v128 {
  return i64x2.shl(f64x2.add(n, v128.load64_splat(CONSTANT, 16)), 52);
}

/** x / ln 2, rounded to a whole number. */
function wholeQuotient(x: v128): v128 {
  return f64x2.nearest(f64x2.mul(x, v128.load64_splat(EXP, 0)));
}

/** x − n ln 2. */
function remainder(x: v128, n: v128): v128 {
  const r = f64x2.sub(x, f64x2.mul(n, v128.load64_splat(EXP, 8)));
  return f64x2.sub(r, f64x2.mul(n, v128.load64_splat(EXP, 16)));
}

/** p of the rational exp, odd in r; z = r². */
function oddPart(r: v128, z: v128): v128 {
  let p = multiplyAdd<f64>(z, v128.load64_splat(EXP, 24), v128.load64_splat(EXP, 32));
  p = multiplyAdd<f64>(p, z, v128.load64_splat(EXP, 40));
  return f64x2.mul(r, p);
}

/** q of the rational exp, even in r; z = r². */
function evenPart(z: v128): v128 {
  let q = multiplyAdd<f64>(z, v128.load64_splat(EXP, 48), v128.load64_splat(EXP, 56));
  q = multiplyAdd<f64>(q, z, v128.load64_splat(EXP, 64));
  return multiplyAdd<f64>(q, z, v128.load64_splat(EXP, 72));
}

/** exp(x) / 2ⁿ, in [0.7, 1.42], for the `wholeQuotient` of x. */
function expFraction(x: v128, n: v128): v128 {
  const r = remainder(x, n);
  const z = f64x2.mul(r, r);
  const p = oddPart(r, z);
  const ratio = f64x2.div(p, f64x2.sub(evenPart(z), p));
  return f64x2.add(v128.load64_splat(CONSTANT, 0), f64x2.add(ratio, ratio));
}

/** exp(x), ≤ 2 ulp; denormal results, ±infinity and NaN as IEEE has them. */
export function expLanes64(x: v128): v128 {
  // NaN stays NaN: pmin and pmax give their first operand.
  let v = f64x2.pmax(x, v128.load64_splat(CONSTANT, 24));
  v = f64x2.pmin(v, v128.load64_splat(CONSTANT, 32));
  const n = wholeQuotient(v);
  // Scaled in two steps, so that denormal results and infinity come out as IEEE has them.
  const half = f64x2.nearest(f64x2.mul(n, v128.load64_splat(CONSTANT, 8)));
  const scaled = f64x2.mul(expFraction(v, n), powerOfTwo(half));
  return f64x2.mul(scaled, powerOfTwo(f64x2.sub(n, half)));
}

/** exp(x) for x ≤ 0, ≤ 2 ulp; below 2⁻¹⁰²² it is 0, NaN stays NaN. Faster than `expLanes64`. */
export function expBelowZero64(x: v128): v128 {
  const v = f64x2.pmax(x, v128.load64_splat(CONSTANT, 24));
  const n = f64x2.pmax(wholeQuotient(v), v128.load64_splat(CONSTANT, 40));
  return f64x2.mul(expFraction(v, n), powerOfTwo(n));
}

/** tanh(x), ≤ 5 ulp, odd to the last bit, never beyond ±1; NaN stays NaN. */
export function tanhLanes64(x: v128): v128 {
  const sign = v128.load64_splat(CONSTANT, 64);
  const size = f64x2.pmin(v128.andnot(x, sign), v128.load64_splat(CONSTANT, 48));
  // With −2|x| = n ln 2 + r: exp(−2|x|) = B/A for A = q − p and B = 2ⁿ(q + p), and tanh |x| is
  // (A − B)/(A + B). For n = 0 the difference is −2p exactly.
  const v = f64x2.mul(size, v128.load64_splat(CONSTANT, 56));
  const n = wholeQuotient(v);
  const r = remainder(v, n);
  const z = f64x2.mul(r, r);
  const p = oddPart(r, z);
  const q = evenPart(z);
  const a = f64x2.sub(q, p);
  const b = f64x2.mul(powerOfTwo(n), f64x2.add(q, p));
  const near = f64x2.mul(p, v128.load64_splat(CONSTANT, 56));
  const above = v128.bitselect(near, f64x2.sub(a, b), f64x2.eq(n, i64x2.splat(0)));
  const below = f64x2.add(a, b);
  return v128.bitselect(x, f64x2.div(above, below), sign);
}
