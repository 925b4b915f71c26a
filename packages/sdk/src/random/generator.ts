import { TripartiteError } from '../errors.js';
import { normalQuantile } from './normal-quantile.js';
import { hashStream, type StreamLabel } from './stream-hash.js';

/**
 * A stream of random numbers, the same bits in every engine: xoshiro128** 1.1 (Blackman and Vigna, ACM
 * Trans. Math. Softw. 47, 2021; reference C code in the public domain), period 2^128 − 1.
 */
export interface Generator {
  /** The next 32 random bits, as a whole number from 0 to 2^32 − 1. */
  bits(): number;
  /** Uniform on the open interval (0, 1): the middles of 2^52 equal cells, symmetric about ½. */
  uniform(): number;
  /** Uniform on 0 … n − 1 without bias, for whole n from 1 to 2^32. */
  integer(n: number): number;
  /** Standard normal, as the normal quantile of one `uniform()`. */
  normal(): number;
}

/**
 * Makes the generator of one stream. Equal seed and labels give equal streams; any other labels (a
 * purpose, a layer, a head) an independent one. `7` and `'7'` are different labels, `7` and `7n` the same
 * seed. Throws BAD_INPUT unless seed and numeric labels are whole numbers from 0 (a seed as number up to
 * 2^53 − 1, as bigint up to 2^64 − 1).
 */
export function createGenerator(
  seed: number | bigint,
  ...stream: readonly StreamLabel[]
): Generator {
  return createGeneratorFromState(hashStream(seed, stream));
}

/** Makes a generator from the four 32-bit words of xoshiro128**'s own state, which may not all be 0. */
export function createGeneratorFromState(
  state: readonly [number, number, number, number],
): Generator {
  let [a, b, c, d] = state;
  if ((a | b | c | d) === 0) {
    throw new TripartiteError(
      'BAD_INPUT',
      'generator state is all 0; at least one bit must be set',
    );
  }

  function bits(): number {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  }

  function uniform(): number {
    const high = bits() >>> 6;
    const low = bits() >>> 6;
    return (high * 67108864 + low + 0.5) / 4503599627370496;
  }

  function integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 4294967296) {
      throw new TripartiteError(
        'BAD_INPUT',
        `integer(n) got n = ${n}; n is a whole number from 1 to 2^32`,
      );
    }
    // Draws at or past the last whole multiple of n would favour small remainders.
    const limit = 4294967296 - (4294967296 % n);
    let draw = bits();
    while (draw >= limit) draw = bits();
    return draw % n;
  }

  return { bits, uniform, integer, normal: () => normalQuantile(uniform()) };
}

/** Fills `target` with independent standard normal draws, in order, and returns it. */
export function fillNormal(generator: Generator, target: Float64Array): Float64Array {
  for (let i = 0; i < target.length; i++) target[i] = generator.normal();
  return target;
}
