// exp, tanh and ln to 200 bits, in whole numbers: what float64 results are measured against.

/** The number mantissa · 2^exponent. */
export interface Exact {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const bits = 200n;
const one = 1n << bits;

/** ln 2 = 2 artanh(1/3). */
const ln2 = (() => {
  let sum = 0n;
  let power = (2n * one) / 3n;
  for (let odd = 1n; power > 0n; odd += 2n) {
    sum += power / odd;
    power /= 9n;
  }
  return sum;
})();

/** A float64 as it is. */
export function exact(x: number): Exact {
  const words = new DataView(new ArrayBuffer(8));
  words.setFloat64(0, x);
  const word = words.getBigUint64(0);
  const biased = Number((word >> 52n) & 2047n);
  const fraction = (word & ((1n << 52n) - 1n)) | (biased ? 1n << 52n : 0n);
  return { mantissa: word >> 63n ? -fraction : fraction, exponent: (biased || 1) - 1075 };
}

/** x · 2^200, rounded down. */
function fixed(x: number): bigint {
  const { mantissa, exponent } = exact(x);
  const shift = BigInt(exponent) + bits;
  return shift >= 0n ? mantissa << shift : mantissa >> -shift;
}

/** eˣ. */
export function exp(x: number): Exact {
  const n = fixed(x) / ln2;
  const r = fixed(x) - n * ln2;
  let sum = 0n;
  let term = one;
  for (let i = 1n; term !== 0n; i++) {
    sum += term;
    term = (term * r) / one / i;
  }
  return { mantissa: sum, exponent: Number(n) - Number(bits) };
}

/** tanh x for |x| < 40: (e²ˣ − 1)/(e²ˣ + 1), or x itself where x³/3 is below 200 bits of it. */
export function tanh(x: number): Exact {
  if (Math.abs(x) < 2 ** -100) return exact(x);
  const { mantissa, exponent } = exp(2 * Math.abs(x));
  const power = mantissa << BigInt(exponent + Number(bits));
  const size = ((power - one) << bits) / (power + one);
  return { mantissa: x < 0 ? -size : size, exponent: -Number(bits) };
}

/** ln x for x > 0: one step of Halley's method from the engine's. */
export function log(x: number): Exact {
  const start = Math.log(x);
  const { mantissa, exponent } = exp(start);
  const own = exact(x);
  const shift = BigInt(own.exponent - exponent);
  const value = shift >= 0n ? own.mantissa << shift : own.mantissa >> -shift;
  const change = (2n * (value - mantissa) * one) / (value + mantissa);
  return { mantissa: fixed(start) + change, exponent: -Number(bits) };
}

/** |y − truth| in units of the last place of truth, 2⁻¹⁰⁷⁴ where that is denormal. */
export function ulps(y: number, truth: Exact): number {
  const size = truth.mantissa < 0n ? -truth.mantissa : truth.mantissa;
  const place = Math.max(size.toString(2).length + truth.exponent - 53, -1074);
  const own = exact(y);
  const low = Math.min(own.exponent, truth.exponent, place - 20);
  const difference =
    (own.mantissa << BigInt(own.exponent - low)) - (truth.mantissa << BigInt(truth.exponent - low));
  const unit = 1n << BigInt(place - low - 20);
  return Math.abs(Number(difference / unit)) / 2 ** 20;
}
