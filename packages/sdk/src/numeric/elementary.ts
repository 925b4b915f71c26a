// exp and log in double precision from + − × ÷ alone. ECMAScript leaves the last bits of Math.exp and
// Math.log to the engine; these give the same bits in every engine, so a draw or a calibration that
// passes through them is repeatable. Largest errors on 200 000 points against 200-bit arithmetic:
// exp 0.63 ulp, log 0.77 ulp (one ulp is the distance to the next double).

// ln 2 in two parts. The first has 33 bits after the point, so that k · LN2_HIGH is exact for |k| < 2^20.
const LN2_HIGH = 0.6931471804855391;
const LN2_LOW = 7.440617110012397e-11;

const TWO_52 = 4503599627370496;
const TWO_1023 = 8.98846567431158e307;
const TWO_MINUS_969 = 2.004168360008973e-292;
const SQRT_HALF = Math.sqrt(0.5);

// 2^e for e from −1022 to 1023, the exponents of normal doubles; entry 0 is 2^−1022.
const powersOfTwo = /*@__PURE__*/ makePowersOfTwo();
const bits = /*@__PURE__*/ new DataView(new ArrayBuffer(8));

/**
 * e^x, within 1 ulp of the exact value, subnormal results included; above 709.79 infinite, below −745.14
 * zero.
 */
export function exp(x: number): number {
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  if (Number.isNaN(x)) return x;
  // x = k ln 2 + r, |r| ≤ ln 2 / 2; r = high − low to more than double precision.
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  // Taylor series (e^r − 1 − r) / r² to r^11; the rest is below 0.347^14 / 14! = 5e-18.
  const tail =
    1 / 2 +
    r *
      (1 / 6 +
        r *
          (1 / 24 +
            r *
              (1 / 120 +
                r *
                  (1 / 720 +
                    r *
                      (1 / 5040 +
                        r *
                          (1 / 40320 +
                            r *
                              (1 / 362880 +
                                r *
                                  (1 / 3628800 +
                                    r *
                                      (1 / 39916800 +
                                        r * (1 / 479001600 + r * (1 / 6227020800)))))))))));
  // What 1 + high loses in rounding is exactly high − (sum − 1); it goes back with the small terms.
  const sum = 1 + high;
  return scaleByPowerOfTwo(sum + (high - (sum - 1) - low + r * r * tail), k);
}

/**
 * Natural logarithm, within 1 ulp of the exact value, subnormal arguments included; −∞ at ±0, NaN below.
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  // x = 2^k m with m in [√½, √2); subnormal arguments are first made normal.
  const subnormal = x < 2.2250738585072014e-308;
  bits.setFloat64(0, subnormal ? x * TWO_52 : x, true);
  const word = bits.getUint32(4, true);
  bits.setUint32(4, (word & 0xfffff) | 0x3fe00000, true);
  let m = bits.getFloat64(0, true);
  let k = (word >>> 20) - 1022 - (subnormal ? 52 : 0);
  if (m < SQRT_HALF) {
    m *= 2;
    k -= 1;
  }
  // log(1 + f) = f − f²/2 + s (f²/2 + R), s = f / (2 + f), from 2 artanh(s) = 2s + s·R with the series
  // R = 2s²/3 + 2s⁴/5 + … ; |s| ≤ 0.172, so what follows s^20 is below 1e-18 of the result.
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const series =
    z *
    (2 / 3 +
      z *
        (2 / 5 +
          z *
            (2 / 7 +
              z *
                (2 / 9 +
                  z *
                    (2 / 11 +
                      z * (2 / 13 + z * (2 / 15 + z * (2 / 17 + z * (2 / 19 + z * (2 / 21))))))))));
  const halfSquare = 0.5 * f * f;
  return k * LN2_HIGH - (halfSquare - (s * (halfSquare + series) + k * LN2_LOW) - f);
}

/**
 * x · 2^e for a whole number e, rounded once: exact unless the result is subnormal or overflows.
 */
export function scaleByPowerOfTwo(x: number, e: number): number {
  // ±2200 is beyond the whole range of doubles (2^−1074 to 2^1024).
  let rest = Math.max(-2200, Math.min(2200, e));
  let y = x;
  while (rest > 1023) {
    y *= TWO_1023;
    rest -= 1023;
  }
  // Steps of 2^−969 = 2^(53 − 1022) keep every product but the last exact, or so small that the last is 0.
  while (rest < -1022) {
    y *= TWO_MINUS_969;
    rest += 969;
  }
  return y * (powersOfTwo[rest + 1022] ?? NaN);
}

function makePowersOfTwo(): Float64Array {
  const powers = new Float64Array(2046);
  let power = 2.2250738585072014e-308;
  for (let i = 0; i < powers.length; i++) {
    powers[i] = power;
    power *= 2;
  }
  return powers;
}
