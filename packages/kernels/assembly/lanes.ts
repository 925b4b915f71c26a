// Four float32 lanes at a time: the elementary functions, as plain arithmetic, so that their bits are the
// same on every processor; the relaxed build fuses products and sums where the processor can. Constants are
// loaded from memory: literal splats in hot loops are slow on current V8.

/** a·b + c: rounded twice in the plain build, once or twice in the relaxed one. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c − a·b, rounded as in `multiplyAdd`. */
export function subtractProduct(c: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

const EXP_LOWEST: f32 = -104.0;
const EXP_HIGHEST: f32 = 89.0;
/** 1.5·2²³: adding it rounds a float32 to a whole number, which then stands in the low mantissa bits. */
const ROUND_BITS: i32 = 0x4b400000;

// log2 e, 1.5·2²³, ln 2 in two parts (Cody and Waite 1980), then 1 and the coefficients c₀ to c₄ of
// eʳ ≈ 1 + r + r² (c₀ + c₁ r + c₂ r² + c₃ r³ + c₄ r⁴), minimax for |r| ≤ ½ ln 2: error 3.1e-9 (scripts/fit-exp.py).
const EXP = memory.data<f32>(
  [
    1.44269504088896341, 12582912.0, 0.693359375, -2.1219444e-4, 1.0, 0.4999999403953552,
    0.1666652113199234, 0.04166838899254799, 0.00836874544620514, 0.0013814539415761828,
  ],
  16,
);

/** 2ⁿ for whole n in [−127, 128] in the lanes of an i32x4; −127 gives 0 and 128 infinity. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** The rounded quotient x / ln 2 plus 1.5·2²³: its low bits hold the whole number. */
function expQuotient(x: v128): v128 {
  return multiplyAdd(x, v128.load32_splat(EXP, 0), v128.load32_splat(EXP, 4));
}

/** The whole number in an `expQuotient`, as i32x4. */
function wholePart(quotient: v128): v128 {
  return i32x4.sub(quotient, i32x4.splat(ROUND_BITS));
}

/** exp(x) / 2ⁿ, in [0.7, 1.42], for the quotient of the same x, |x| ≤ 10⁴; 1 ulp. */
function expFraction(x: v128, quotient: v128): v128 {
  const n = f32x4.sub(quotient, v128.load32_splat(EXP, 4));
  let r = subtractProduct(x, n, v128.load32_splat(EXP, 8));
  r = subtractProduct(r, n, v128.load32_splat(EXP, 12));
  // Pairs of terms (Estrin) make shorter chains than Horner's rule.
  const square = f32x4.mul(r, r);
  const first = multiplyAdd(v128.load32_splat(EXP, 24), r, v128.load32_splat(EXP, 20));
  const second = multiplyAdd(v128.load32_splat(EXP, 32), r, v128.load32_splat(EXP, 28));
  const last = multiplyAdd(v128.load32_splat(EXP, 36), square, second);
  const p = multiplyAdd(last, square, first);
  return multiplyAdd(p, square, f32x4.add(r, v128.load32_splat(EXP, 16)));
}

/** x kept where exp(x) is neither 0 nor infinite for certain. NaN stays NaN: pmin and pmax give their first operand. */
function expRange(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(EXP_LOWEST)), f32x4.splat(EXP_HIGHEST));
}

/** x · 2ⁿ in two steps, so that denormal results and infinity come out as IEEE has them. */
function scaleTwice(x: v128, n: v128): v128 {
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(x, powerOfTwo(half)), powerOfTwo(i32x4.sub(n, half)));
}

/** exp(x), ≤ 2 ulp; denormal results, ±infinity and NaN as IEEE has them. */
export function expLanes(x: v128): v128 {
  const inRange = expRange(x);
  const quotient = expQuotient(inRange);
  return scaleTwice(expFraction(inRange, quotient), wholePart(quotient));
}

// −127 ln 2, below which `expOver` gives 0, and the bias of float32 exponents.
const EXP_NOTHING = memory.data<f32>([-88.029691931], 16);
const EXPONENT_BIAS = memory.data<i32>([-127], 16);

/** What `expOver` takes for an exponent: that without the bias of float32 exponents. */
export function expUnit(exponent: v128): v128 {
  return i32x4.add(exponent, v128.load32_splat(EXPONENT_BIAS));
}

/** The x below which `expOver` gives 0 for an exponent. */
export function expFloor(exponent: v128): v128 {
  const top = f32x4.mul(f32x4.convert_i32x4_s(exponent), f32x4.splat(0.69314718055994531));
  return f32x4.add(top, v128.load32_splat(EXP_NOTHING));
}

/**
 * exp(x) · 2^−exponent, ≤ 2 ulp, for results from 2⁻¹²⁶ to 2¹²⁷; below it may be 0, NaN stays NaN. `unit` and
 * `floor` are `expUnit` and `expFloor` of the exponent. Faster than `expLanes`.
 */
export function expOver(x: v128, unit: v128, floor: v128): v128 {
  // Not `max`, which takes six instructions on x86; `pmax` keeps a NaN that is its first operand.
  const clamped = f32x4.pmax(x, floor);
  const quotient = expQuotient(clamped);
  // The low bits of the quotient are a whole number: 23 places up, it is the exponent of a float32.
  const power = i32x4.shl(i32x4.sub(quotient, unit), 23);
  return f32x4.mul(expFraction(clamped, quotient), power);
}

/** exp(x) for x ≤ 0, ≤ 2 ulp; below 2⁻¹²⁶ it may be 0, NaN stays NaN. */
export function expBelowZero(x: v128): v128 {
  return expOver(x, v128.load32_splat(EXPONENT_BIAS), v128.load32_splat(EXP_NOTHING));
}

// Rational approximation, odd degree 13 over even degree 6 (Eigen's fast tanh), clamped where it is ±1.
const TANH = memory.data<f32>(
  [
    7.90531110763549805, -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11,
    5.12229709037114e-8, 1.48572235717979e-5, 6.37261928875436e-4, 4.89352455891786e-3,
    1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3,
  ],
  16,
);

/** tanh(x), ≤ 7 ulp for |x| ≥ 2⁻¹²⁰ (below that p·v is denormal: absolute error ≤ 3e-43). */
export function tanhLanes(x: v128): v128 {
  const limit = v128.load32_splat(TANH, 0);
  const v = f32x4.pmin(f32x4.pmax(x, f32x4.neg(limit)), limit);
  const z = f32x4.mul(v, v);
  let p = multiplyAdd(z, v128.load32_splat(TANH, 4), v128.load32_splat(TANH, 8));
  p = multiplyAdd(p, z, v128.load32_splat(TANH, 12));
  p = multiplyAdd(p, z, v128.load32_splat(TANH, 16));
  p = multiplyAdd(p, z, v128.load32_splat(TANH, 20));
  p = multiplyAdd(p, z, v128.load32_splat(TANH, 24));
  p = multiplyAdd(p, z, v128.load32_splat(TANH, 28));
  let q = multiplyAdd(z, v128.load32_splat(TANH, 32), v128.load32_splat(TANH, 36));
  q = multiplyAdd(q, z, v128.load32_splat(TANH, 40));
  q = multiplyAdd(q, z, v128.load32_splat(TANH, 44));
  return f32x4.div(f32x4.mul(p, v), q);
}

// Rational approximation, odd degree 13 over even degree 8 (Eigen and XLA), clamped where erf is ±1.
const ERF = memory.data<f32>(
  [
    4.0, -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5,
    -7.34990630326855e-4, -2.95459980854025e-3, -1.60960333262415e-2, -1.45660718464996e-5,
    -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3, -1.42647390514189e-2,
  ],
  16,
);

/** erf(x), absolute error ≤ 3e-7. */
function erfLanes(x: v128): v128 {
  const limit = v128.load32_splat(ERF, 0);
  const v = f32x4.pmin(f32x4.pmax(x, f32x4.neg(limit)), limit);
  const z = f32x4.mul(v, v);
  let p = multiplyAdd(z, v128.load32_splat(ERF, 4), v128.load32_splat(ERF, 8));
  p = multiplyAdd(p, z, v128.load32_splat(ERF, 12));
  p = multiplyAdd(p, z, v128.load32_splat(ERF, 16));
  p = multiplyAdd(p, z, v128.load32_splat(ERF, 20));
  p = multiplyAdd(p, z, v128.load32_splat(ERF, 24));
  p = multiplyAdd(p, z, v128.load32_splat(ERF, 28));
  let q = multiplyAdd(z, v128.load32_splat(ERF, 32), v128.load32_splat(ERF, 36));
  q = multiplyAdd(q, z, v128.load32_splat(ERF, 40));
  q = multiplyAdd(q, z, v128.load32_splat(ERF, 44));
  q = multiplyAdd(q, z, v128.load32_splat(ERF, 48));
  return f32x4.div(f32x4.mul(p, v), q);
}

const SQRT_HALF: f32 = 0.70710678118654752;

/** GELU with erf, x·(1 + erf(x/√2))/2, absolute error ≤ 3e-7·max(1, |x|). */
export function geluLanes(x: v128): v128 {
  const e = erfLanes(f32x4.mul(x, f32x4.splat(SQRT_HALF)));
  return f32x4.mul(f32x4.mul(x, f32x4.splat(0.5)), f32x4.add(f32x4.splat(1.0), e));
}

const DENSITY_AT_ZERO: f32 = 0.39894228040143268;

/** Slope of GELU, Φ(x) + x φ(x) with the normal distribution's Φ and density φ; absolute error ≤ 3e-7, NaN at ±∞. */
export function geluSlopeLanes(x: v128): v128 {
  const half = f32x4.splat(0.5);
  const e = erfLanes(f32x4.mul(x, f32x4.splat(SQRT_HALF)));
  const below = f32x4.mul(half, f32x4.add(f32x4.splat(1.0), e));
  const density = expBelowZero(f32x4.neg(f32x4.mul(f32x4.mul(x, x), half)));
  const rise = f32x4.mul(f32x4.mul(x, f32x4.splat(DENSITY_AT_ZERO)), density);
  return f32x4.add(below, rise);
}
