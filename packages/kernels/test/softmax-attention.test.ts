import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { softmaxError } from './placed-softmax.js';
import { randomHead, run, same } from './random-softmax.js';
import { builds, firstDifference } from './workbench.js';

describe.each(builds)('softmax attention, $build', (kernels) => {
  it('agrees with float64 for every size 1 … 70 of each dimension', () => {
    for (let size = 1; size <= 70; size++) {
      for (const [tokens, rows, width, valueWidth] of [
        [size, 5, 3, 6],
        [7, size, 5, 3],
        [9, 3, size, 1],
        [11, 9, 7, size],
      ] as const) {
        const head = randomHead(size, { tokens, rows, width, valueWidth });
        const error = softmaxError(head, run(kernels, head));
        expect(error, `${tokens}, ${rows}, ${width}, ${valueWidth}`).toBeLessThanOrEqual(3);
      }
    }
  });

  it('agrees with float64 for any sizes, masks, causal offsets, chunks and sizes of scores', () => {
    const size = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(
        fc.record({
          tokens: fc.integer({ min: 1, max: 300 }),
          rows: size,
          width: size,
          valueWidth: size,
        }),
        fc.record({
          masked: fc.boolean(),
          causal: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
          chunk: fc.integer({ min: 1, max: 300 }),
          scores: fc.constantFrom(0.1, 3, 30, 1e4),
        }),
        fc.integer({ min: 0, max: 1000 }),
        (sizes, { masked, causal, chunk, scores }, seed) => {
          const random = randomHead(seed, sizes, scores, masked);
          const head = causal === undefined ? random : { ...random, causal };
          const error = softmaxError(head, run(kernels, head, chunk));
          return error <= 8;
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([239, 240, 241, 479, 480, 481, 600])('agrees with float64 over %i tokens', (tokens) => {
    const sizes = { tokens, rows: 71, width: 7, valueWidth: 5 };
    for (const masked of [false, true]) {
      const head = randomHead(tokens, sizes, 3, masked);
      expect(softmaxError(head, run(kernels, head))).toBeLessThanOrEqual(4);
      const causal = { ...head, causal: tokens - 71 };
      expect(softmaxError(causal, run(kernels, causal))).toBeLessThanOrEqual(4);
    }
  });

  it('keeps the bound of the worst case where all tokens are alike', () => {
    for (const tokens of [119, 240, 600]) {
      const sizes = { tokens, rows: 9, width: 3, valueWidth: 2 };
      const head = randomHead(8, sizes, 0.1);
      head.keys.values.fill(0.3);
      head.values.values.fill(0.7);
      const error = softmaxError(head, run(kernels, head));
      expect(error).toBeLessThanOrEqual(3 + tokens / 240 + 256);
    }
  });

  it('takes scores that rise to 10⁴ and fall to −10⁴ from block to block', () => {
    const sizes = { tokens: 500, rows: 9, width: 2, valueWidth: 3 };
    for (const sign of [1, -1]) {
      const head = randomHead(1, sizes);
      for (let s = 0; s < 500; s++) head.keys.values[s * 3] = (sign * (s - 250) * 40) / head.scale;
      for (let t = 0; t < 9; t++) head.queries.values[t * 5] = 1 / head.scale;
      const read = run(kernels, head);
      expect(softmaxError(head, read)).toBeLessThanOrEqual(4);
      expect(read.maxima.every((top) => top > 9900)).toBe(true);
    }
  });

  it('weighs a key whose score is −∞ with 0, and answers 0 where all keys are such', () => {
    const sizes = { tokens: 7, rows: 9, width: 1, valueWidth: 3 };
    const head = randomHead(2, sizes);
    for (let t = 0; t < 9; t++) head.queries.values[t * 4] = t + 1;
    const some = head.keys.values.slice();
    for (const s of [0, 3, 6]) some[s * 2] = -Infinity;
    const mask = Uint8Array.of(0, 1, 1, 0, 1, 1, 0);
    const silent = run(kernels, { ...head, keys: { values: some, stride: 2 } });
    expect(same(silent, run(kernels, { ...head, mask }))).toBe(true);
    const all = run(kernels, { ...head, keys: { values: some.fill(-Infinity), stride: 2 } });
    expect(all.out.every((v) => v === 0)).toBe(true);
    expect(all.sums.every((v) => v === 0)).toBe(true);
  });

  it('gives 0 to a query that sees no token: none there, all masked, or none early enough', () => {
    const sizes = { tokens: 130, rows: 9, width: 3, valueWidth: 5 };
    const head = randomHead(3, sizes);
    const masked = Uint8Array.from({ length: 130 }, (_, s) => (s < 4 ? 0 : 1));
    for (const blind of [
      { ...head, tokens: 0 },
      { ...head, mask: new Uint8Array(130) },
    ]) {
      const { out, sums } = run(kernels, blind);
      expect(out.every((v) => v === 0)).toBe(true);
      expect(sums.every((v) => v === 0)).toBe(true);
    }
    const early = run(kernels, { ...head, mask: masked, causal: 0 });
    early.out.forEach((v, at) => {
      expect(v === 0).toBe(at < 4 * 5);
    });
  });

  it('gives each query the same bits whatever queries come with it, on a second run too', () => {
    const sizes = { tokens: 250, rows: 75, width: 5, valueWidth: 6 };
    for (const causal of [undefined, 175]) {
      const random = randomHead(4, sizes, 30, true);
      const head = causal === undefined ? random : { ...random, causal };
      const whole = run(kernels, head);
      expect(same(run(kernels, head), whole)).toBe(true);
      for (const cuts of [[1], [8, 16], [5, 64], [33, 34, 74]]) {
        expect(same(run(kernels, head, 250, cuts), whole)).toBe(true);
      }
    }
  });

  it('lets later tokens change no bit of what a causal query gets', () => {
    const head = {
      ...randomHead(5, { tokens: 270, rows: 270, width: 5, valueWidth: 6 }),
      causal: 0,
    };
    const whole = run(kernels, head);
    for (const tokens of [1, 7, 240, 253]) {
      const part = run(kernels, { ...head, tokens, rows: tokens });
      expect(firstDifference(part.out, whole.out.slice(0, tokens * 6))).toBe(-1);
      expect(firstDifference(part.sums, whole.sums.slice(0, tokens))).toBe(-1);
    }
  });

  it('shows a NaN of a query in its row alone, of a token everywhere', () => {
    const head = randomHead(6, { tokens: 130, rows: 21, width: 5, valueWidth: 6 });
    const clean = run(kernels, head);
    const spoil = (values: Float32Array, at: number) => values.with(at, NaN);
    const queries = { ...head.queries, values: spoil(head.queries.values, 9 * 8 + 4) };
    run(kernels, { ...head, queries }).out.forEach((v, at) => {
      expect(v).toBe(Math.floor(at / 6) === 9 ? NaN : clean.out[at]);
    });
    const keys = { ...head.keys, values: spoil(head.keys.values, 125 * 6) };
    expect(run(kernels, { ...head, keys }).out.every(Number.isNaN)).toBe(true);
    const values = { ...head.values, values: spoil(head.values.values, 125 * 7 + 4) };
    run(kernels, { ...head, values }).out.forEach((v, at) => {
      expect(v).toBe(at % 6 === 4 ? NaN : clean.out[at]);
    });
  });
});
