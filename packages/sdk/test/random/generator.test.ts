import { describe, expect, it } from 'vitest';
import { TripartiteError } from '../../src/errors.js';
import {
  createGenerator,
  createGeneratorFromState,
  fillNormal,
  type Generator,
} from '../../src/random/generator.js';

function take(generator: Generator, count: number): number[] {
  return Array.from({ length: count }, () => generator.bits());
}

/** Σ (observed − expected)² / expected. */
function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('createGeneratorFromState', () => {
  it('gives the outputs of the reference C code of xoshiro128** from state 1, 2, 3, 4', () => {
    expect(take(createGeneratorFromState([1, 2, 3, 4]), 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ]);
  });

  it('refuses the state from which the generator never moves', () => {
    expect(() => createGeneratorFromState([0, 0, 0, 0])).toThrow(TripartiteError);
  });
});

describe('createGenerator', () => {
  it('keeps its streams from version to version', () => {
    // From a second implementation in Python, whose MurmurHash3 gives the published hash of 'test'.
    expect(take(createGenerator(1), 3)).toEqual([404604341, 2597946720, 718882526]);
    expect(take(createGenerator(1, 'hidden', 2, 3), 3)).toEqual([
      2413011985, 2228324632, 1750732706,
    ]);
    const generator = createGenerator(7, 'golden');
    expect(generator.uniform()).toBe(0.4889846466476836);
    expect(generator.normal()).toBe(0.3155272747165801);
    expect(generator.integer(10)).toBe(2);
  });

  it('gives the same stream to a number and a bigint of the same value', () => {
    expect(take(createGenerator(2 ** 40 + 5, 'a'), 4)).toEqual(
      take(createGenerator(2n ** 40n + 5n, 'a'), 4),
    );
  });

  it('tells apart every seed and every list of labels', () => {
    const streams = [
      createGenerator(1),
      createGenerator(2),
      createGenerator(1n << 32n),
      createGenerator(1n << 63n),
      createGenerator(1, 'a'),
      createGenerator(1, 'a', 'b'),
      createGenerator(1, 'ab'),
      createGenerator(1, 'b', 'a'),
      createGenerator(1, 7),
      createGenerator(1, '7'),
      createGenerator(1, 2 ** 32 + 7),
      createGenerator(1, ''),
      createGenerator(1, 0),
      createGenerator(1, 0, 0),
    ];
    const firsts = streams.map((stream) => take(stream, 4).join());
    expect(new Set(firsts).size).toBe(streams.length);
  });

  it('gives uncorrelated streams to neighbouring seeds and labels', () => {
    const count = 20_000;
    const pairs: [Generator, Generator][] = [
      [createGenerator(1), createGenerator(2)],
      [createGenerator(1, 'head', 0), createGenerator(1, 'head', 1)],
    ];
    for (const [left, right] of pairs) {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += left.normal() * right.normal();
      // The mean of products of independent normals has standard deviation 1 / √count.
      expect(Math.abs(sum / count)).toBeLessThan(4 / Math.sqrt(count));
    }
  });

  it('spreads the first draw of consecutive seeds evenly', () => {
    const counts = new Array<number>(16).fill(0);
    for (let seed = 0; seed < 4096; seed++) {
      const cell = createGenerator(seed).bits() >>> 28;
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    // 15 degrees of freedom: above 37.7 once in a thousand.
    expect(chiSquare(counts, 256)).toBeLessThan(37.7);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53, -1n, 1n << 64n])(
    'refuses %s as a seed, saying what is allowed',
    (seed) => {
      expect(() => createGenerator(seed)).toThrow(/seed is .* whole number/);
    },
  );

  it('refuses a numeric label that is no whole number', () => {
    expect(() => createGenerator(1, 0.5)).toThrow(/stream label is 0.5/);
  });
});

describe('uniform', () => {
  it('fills 100 cells evenly (chi-square), with mean 1/2 and variance 1/12', () => {
    const generator = createGenerator(3, 'uniform');
    const count = 100_000;
    const counts = new Array<number>(100).fill(0);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const u = generator.uniform();
      const cell = Math.floor(u * 100);
      counts[cell] = (counts[cell] ?? 0) + 1;
      sum += u - 0.5;
      squares += (u - 0.5) ** 2;
    }
    // 99 degrees of freedom: between 60 and 149 but for once in a thousand.
    expect(chiSquare(counts, count / 100)).toBeGreaterThan(60);
    expect(chiSquare(counts, count / 100)).toBeLessThan(149);
    expect(Math.abs(sum / count)).toBeLessThan(4 / Math.sqrt(12 * count));
    expect(Math.abs(squares / count - 1 / 12)).toBeLessThan(4 / Math.sqrt(180 * count));
  });

  it('never touches 0 or 1, even where all bits are equal', () => {
    // States (a, b, a, d) give the output of b twice. 0 gives 0; undoing ·5, rotl 7, ·9 gives all ones.
    const ones = -0x38e38e39 | 0;
    const allOnes = Math.imul((ones >>> 7) | (ones << 25), 0xcccccccd);
    expect(take(createGeneratorFromState([1, 0, 1, 0]), 2)).toEqual([0, 0]);
    expect(take(createGeneratorFromState([1, allOnes, 1, 0]), 2)).toEqual([
      2 ** 32 - 1,
      2 ** 32 - 1,
    ]);
    expect(createGeneratorFromState([1, 0, 1, 0]).uniform()).toBe(2 ** -53);
    expect(createGeneratorFromState([1, allOnes, 1, 0]).uniform()).toBe(1 - 2 ** -53);
    expect(Math.abs(createGeneratorFromState([1, allOnes, 1, 0]).normal())).toBeLessThan(8.3);
  });
});

describe('integer', () => {
  it('is unbiased for an n that does not divide 2^32', () => {
    const generator = createGenerator(4, 'integer');
    // With n = 3 · 2^30 a plain remainder would give the lowest third half of all draws.
    const n = 3 * 2 ** 30;
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) {
      const third = Math.floor(generator.integer(n) / 2 ** 30);
      counts[third] = (counts[third] ?? 0) + 1;
    }
    // 2 degrees of freedom: above 13.8 once in a thousand.
    expect(chiSquare(counts, 10_000)).toBeLessThan(13.8);
  });

  it('stays below n and reaches every value', () => {
    const generator = createGenerator(5);
    const seen = new Set(Array.from({ length: 400 }, () => generator.integer(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(generator.integer(1)).toBe(0);
    expect(generator.integer(2 ** 32)).toBeLessThan(2 ** 32);
  });

  it.each([0, -1, 2.5, 2 ** 32 + 1, Number.NaN])('refuses n = %s', (n) => {
    expect(() => createGenerator(1).integer(n)).toThrow(/whole number from 1 to 2\^32/);
  });
});

describe('fillNormal', () => {
  it('draws the moments of the standard normal: 0, 1, 0, 3', () => {
    const count = 100_000;
    const draws = fillNormal(createGenerator(6, 'normal'), new Float64Array(count));
    const moment = (power: number) => draws.reduce((sum, x) => sum + x ** power, 0) / count;
    const bound = 4 / Math.sqrt(count);
    // Standard deviations of x, x², x³, x⁴ under the normal: 1, √2, √15, √96.
    expect(Math.abs(moment(1))).toBeLessThan(bound);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(bound * Math.SQRT2);
    expect(Math.abs(moment(3))).toBeLessThan(bound * Math.sqrt(15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(bound * Math.sqrt(96));
  });

  it('draws what normal() would, in order', () => {
    const filled = fillNormal(createGenerator(8), new Float64Array(5));
    const single = createGenerator(8);
    expect([...filled]).toEqual(Array.from({ length: 5 }, () => single.normal()));
  });
});
