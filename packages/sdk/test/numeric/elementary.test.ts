import { describe, expect, it } from 'vitest';
import { exp, log, scaleByPowerOfTwo } from '../../src/numeric/elementary.js';
import { createGenerator } from '../../src/random/generator.js';

const SMALLEST = 5e-324;
const view = new DataView(new ArrayBuffer(8));

/** How many doubles lie between a and b (same sign), their bit patterns read as whole numbers. */
function doublesBetween(a: number, b: number): number {
  return Number(patternOf(a) - patternOf(b));
}

function patternOf(x: number): bigint {
  view.setFloat64(0, x);
  return view.getBigInt64(0);
}

// Two results within 1 ulp of the truth are the same double or neighbours. V8's are (fdlibm).
describe('exp', () => {
  it('is the double of Math.exp or its neighbour on 100 000 points of every size', () => {
    const generator = createGenerator(1, 'exp');
    let worst = 0;
    for (let i = 0; i < 100_000; i++) {
      const range = [745, 100, 2, 1e-3, 1e-9][i % 5] ?? 0;
      const x = Math.min(709.7, (2 * generator.uniform() - 1) * range);
      worst = Math.max(worst, Math.abs(doublesBetween(exp(x), Math.exp(x))));
    }
    expect(worst).toBeLessThanOrEqual(1);
  });

  it('gives exact and limiting values at 0, infinities, NaN and the ends of its range', () => {
    expect(exp(0)).toBe(1);
    expect(exp(-0)).toBe(1);
    expect(exp(Infinity)).toBe(Infinity);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(NaN)).toBeNaN();
    expect(exp(709.782712893384)).toBeGreaterThan(1.797e308);
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
    expect(exp(709.7827128933841)).toBe(Infinity);
    expect(exp(-745.1332191019411)).toBe(SMALLEST);
    expect(exp(-745.14)).toBe(0);
    expect(exp(SMALLEST)).toBe(1);
  });

  it('gives the exact value, rounded (300-bit arithmetic), at golden points', () => {
    const golden: [number, bigint][] = [
      [1, 0x4005bf0a8b145769n],
      [-1, 0x3fd78b56362cef38n],
      [0.1, 0x3ff1aec7b35a00d4n],
      [-20.5, 0x3e157a3afeed00abn],
      [88.7, 0x47ef4705bbffae5cn],
      [-708.25, 0x001285dc1b5961f1n],
    ];
    for (const [x, pattern] of golden) expect(patternOf(exp(x))).toBe(pattern);
  });
});

describe('log', () => {
  it('is the double of Math.log or its neighbour on 100 000 points of every size', () => {
    const generator = createGenerator(1, 'log');
    let worst = 0;
    for (let i = 0; i < 100_000; i++) {
      const u = generator.uniform();
      const x = [u, 0.5 + u, 1 + (u - 0.5) * 1e-4, u * 1e300, u * 1e-310][i % 5] ?? 0;
      worst = Math.max(worst, Math.abs(doublesBetween(log(x), Math.log(x))));
    }
    expect(worst).toBeLessThanOrEqual(1);
  });

  it('gives exact and limiting values at 1, ±0, infinities, NaN, negatives and subnormals', () => {
    expect(log(1)).toBe(0);
    expect(log(0)).toBe(-Infinity);
    expect(log(-0)).toBe(-Infinity);
    expect(log(Infinity)).toBe(Infinity);
    expect(log(-Infinity)).toBeNaN();
    expect(log(-1)).toBeNaN();
    expect(log(NaN)).toBeNaN();
    expect(log(SMALLEST)).toBe(-744.4400719213812);
    expect(log(Number.MAX_VALUE)).toBe(709.782712893384);
  });

  it('gives the exact value, rounded (300-bit arithmetic), at golden points', () => {
    const golden: [number, bigint][] = [
      [2, 0x3fe62e42fefa39efn],
      [10, 0x40026bb1bbb55516n],
      [0.9999, 0xbf1a3738d2cf1cc2n],
      [1.5, 0x3fd9f323ecbf984cn],
      [1e-300, 0xc085963447f87fb5n],
    ];
    for (const [x, pattern] of golden) {
      expect(BigInt.asUintN(64, patternOf(log(x)))).toBe(pattern);
    }
  });
});

describe('scaleByPowerOfTwo', () => {
  // The truth in exact rational arithmetic: x = n / 2^1074, so x 2^e is a shift of n.
  function exactly(x: number, e: number): number {
    const n = scaledInteger(x);
    if (e >= 0) return doubleOf(n << BigInt(e));
    const shift = BigInt(-e);
    const half = 1n << (shift - 1n);
    const size = n < 0n ? -n : n;
    let quotient = size >> shift;
    const rest = size - (quotient << shift);
    if (rest > half || (rest === half && (quotient & 1n) === 1n)) quotient += 1n;
    // A quotient of at most 53 bits needs no second rounding.
    return (n < 0n ? -1 : 1) * doubleOf(quotient);
  }

  function scaledInteger(x: number): bigint {
    const pattern = patternOf(Math.abs(x));
    const exponent = Number(pattern >> 52n);
    const fraction = pattern & 0xfffffffffffffn;
    const size =
      exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(Math.max(0, exponent - 1));
    return x < 0 ? -size : size;
  }

  /** The double nearest to n / 2^1074 where n has 53 bits before its last one set. */
  function doubleOf(n: bigint): number {
    const size = n < 0n ? -n : n;
    if (size === 0n) return 0;
    const length = size.toString(2).length;
    if (length > 2098) return n < 0n ? -Infinity : Infinity;
    const pattern =
      length <= 52
        ? size
        : (BigInt(length - 52) << 52n) | ((size >> BigInt(length - 53)) & 0xfffffffffffffn);
    view.setBigInt64(0, pattern);
    return (n < 0n ? -1 : 1) * view.getFloat64(0);
  }

  it('equals exact rational arithmetic, rounded once, for exponents to ±3000', () => {
    const generator = createGenerator(2, 'scale');
    for (let i = 0; i < 4000; i++) {
      view.setUint32(0, generator.bits());
      view.setUint32(4, generator.bits());
      const x = view.getFloat64(0);
      if (!Number.isFinite(x)) continue;
      const e = generator.integer(6001) - 3000;
      // Powers that land among the subnormals are the hard ones: aim half of the draws there.
      const exponent = Number((patternOf(Math.abs(x)) >> 52n) - 1023n);
      const target = i % 2 === 0 ? e : -1040 - generator.integer(60) - exponent + 10;
      expect(Math.abs(scaleByPowerOfTwo(x, target))).toBe(Math.abs(exactly(x, target)));
    }
  });

  it('goes there and back without loss over the whole range', () => {
    expect(scaleByPowerOfTwo(1.7, 0)).toBe(1.7);
    expect(scaleByPowerOfTwo(SMALLEST, 2097)).toBe(2 ** 1023);
    expect(scaleByPowerOfTwo(2 ** 1023, -2097)).toBe(SMALLEST);
    expect(scaleByPowerOfTwo(-1.5, 1023)).toBe(-1.5 * 2 ** 1023);
    expect(scaleByPowerOfTwo(1, 1024)).toBe(Infinity);
    expect(scaleByPowerOfTwo(1, -3000)).toBe(0);
    expect(scaleByPowerOfTwo(-1, -3000)).toBe(-0);
    expect(scaleByPowerOfTwo(Infinity, -3000)).toBe(Infinity);
    expect(scaleByPowerOfTwo(NaN, 5)).toBeNaN();
  });

  it('rounds a tie among the subnormals to even, once', () => {
    expect(scaleByPowerOfTwo(3, -1075)).toBe(2 * SMALLEST);
    expect(scaleByPowerOfTwo(1, -1075)).toBe(0);
    expect(scaleByPowerOfTwo(1 + 2 ** -52, -1075)).toBe(SMALLEST);
  });
});
