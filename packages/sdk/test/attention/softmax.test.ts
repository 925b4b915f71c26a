import { compileKernels, createGenerator, type Readout, softmaxHead } from '@tripartite/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normals, type Tokens, tokens } from './data.js';

await compileKernels();

interface Exact {
  readonly output: Float64Array;
  readonly logNormaliser: Float64Array;
}

/** Softmax attention in float64, query by query. */
function attend(
  { queries, keys, values }: Tokens,
  width: number,
  options: { mask?: Uint8Array; causal?: boolean } = {},
): Exact {
  const [rows, count] = [queries.length / width, keys.length / width];
  const valueWidth = values.length / count;
  const output = new Float64Array(rows * valueWidth);
  const logNormaliser = new Float64Array(rows).fill(-Infinity);
  for (let t = 0; t < rows; t++) {
    const scores = Array.from({ length: count }, (_, s) => {
      if (options.mask?.[s] === 0 || (options.causal && s > t)) return -Infinity;
      let sum = 0;
      for (let i = 0; i < width; i++) {
        sum += (queries[t * width + i] as number) * (keys[s * width + i] as number);
      }
      return sum / Math.sqrt(width);
    });
    const top = Math.max(...scores);
    if (top === -Infinity) continue;
    const weights = scores.map((score) => Math.exp(score - top));
    const total = weights.reduce((a, b) => a + b, 0);
    logNormaliser[t] = top + Math.log(total);
    weights.forEach((weight, s) => {
      if (weight === 0) return;
      for (let j = 0; j < valueWidth; j++) {
        const at = t * valueWidth + j;
        output[at] =
          (output[at] as number) + (weight / total) * (values[s * valueWidth + j] as number);
      }
    });
  }
  return { output, logNormaliser };
}

/** Largest errors: of the output against the largest value, of the normaliser relative. */
function worst({ output, response, logResponse }: Readout, exact: Exact): number {
  let largest = 0;
  const note = (error: number) => {
    largest = Math.max(largest, Number.isNaN(error) ? Infinity : error);
  };
  output.forEach((y, at) => {
    note(Math.abs(y - (exact.output[at] as number)) / 4);
  });
  exact.logNormaliser.forEach((log, t) => {
    if (log === -Infinity) {
      note(response[t] === 0 && logResponse[t] === -Infinity ? 0 : Infinity);
      return;
    }
    // Scores of size 93 are rounded to float32, each within some 1e-5.
    note(Math.abs((logResponse[t] as number) - log));
    note(Math.abs((response[t] as number) / Math.exp(log) - 1));
  });
  return largest;
}

describe('softmax head', () => {
  it('agrees with float64 in both directions, with masks and NaN under them', () => {
    const cases = fc.record({
      count: fc.integer({ min: 1, max: 150 }),
      width: fc.integer({ min: 1, max: 12 }),
      valueWidth: fc.integer({ min: 1, max: 9 }),
      norm: fc.constantFrom(0, 1, 10, 93),
      seed: fc.integer({ min: 0, max: 10_000 }),
      masked: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ count, width, valueWidth, norm, seed, masked }) => {
        const given = tokens(seed, count, width, norm, valueWidth);
        const draw = createGenerator(seed, 'mask');
        const mask = Uint8Array.from({ length: count }, () => (draw.uniform() < 0.6 ? 1 : 0));
        const options = masked ? { mask } : {};
        const both = attend(given, width, options);
        const causal = attend(given, width, { ...options, causal: true });
        if (masked) {
          mask.forEach((seen, t) => {
            if (seen) return;
            given.keys.fill(NaN, t * width, (t + 1) * width);
            given.values.fill(NaN, t * valueWidth, (t + 1) * valueWidth);
          });
        }
        const head = softmaxHead({ width, valueWidth });
        head.write(given.keys, given.values, options.mask);
        expect(head.tokens).toBe(count);
        const read = head.read(given.queries);
        head.begin();
        const streamed = head.stream(given.queries, given.keys, given.values, options.mask);
        return Math.max(worst(read, both), worst(streamed, causal)) < 1e-4;
      }),
      { numRuns: 100 },
    );
  });

  it('gives the mean of the values where all scores are equal, and N as normaliser', () => {
    const head = softmaxHead({ width: 3, valueWidth: 2 });
    head.write(new Float32Array(3 * 1000), normals(1, 2000));
    const { output, response } = head.read(normals(2, 3));
    const values = normals(1, 2000);
    const mean = [0, 1].map(
      (j) => values.filter((_, i) => i % 2 === j).reduce((a, b) => a + b) / 1000,
    );
    expect(response[0]).toBeCloseTo(1000, 3);
    expect(output[0]).toBeCloseTo(mean[0] as number, 6);
    expect(output[1]).toBeCloseTo(mean[1] as number, 6);
  });

  it('answers the same for chunks of any size, and token by token', () => {
    const width = 5;
    const given = tokens(4, 150, width, 8);
    const cut = (x: Float32Array, start: number, end: number) =>
      x.subarray(start * width, end * width);
    const head = softmaxHead({ width });
    head.write(given.keys, given.values);
    const whole = head.read(given.queries);
    head.begin();
    const stream = head.stream(given.queries, given.keys, given.values);
    for (const size of [1, 2, 7, 63, 64, 65, 149]) {
      head.begin();
      const streamed: Readout[] = [];
      for (let t = 0; t < 150; t += size) {
        const end = Math.min(150, t + size);
        streamed.push(
          head.stream(
            cut(given.queries, t, end),
            cut(given.keys, t, end),
            cut(given.values, t, end),
          ),
        );
      }
      const output = streamed.flatMap((r) => [...r.output]);
      output.forEach((y, at) => {
        expect(Math.abs(y - (stream.output[at] as number))).toBeLessThanOrEqual(2e-6);
      });
      // The cache is the same whatever the chunks were, so reading it gives the same bits.
      expect(head.read(given.queries)).toEqual(whole);
      const responses = streamed.flatMap((r) => [...r.response]);
      responses.forEach((c, t) => {
        expect(Math.abs(c / (stream.response[t] as number) - 1)).toBeLessThanOrEqual(2e-6);
      });
    }
  });

  it('keeps a mask with its tokens through chunks and later growth', () => {
    const width = 4;
    const given = tokens(5, 60, width, 6);
    const mask = Uint8Array.from({ length: 60 }, (_, t) => (t % 4 === 0 ? 0 : 1));
    const head = softmaxHead({ width });
    for (let t = 0; t < 60; t += 9) {
      const end = Math.min(60, t + 9);
      head.write(
        given.keys.subarray(t * width, end * width),
        given.values.subarray(t * width, end * width),
        mask.subarray(t, end),
      );
    }
    expect(worst(head.read(given.queries), attend(given, width, { mask }))).toBeLessThan(1e-5);
    head.begin();
    expect(head.tokens).toBe(0);
  });
});
