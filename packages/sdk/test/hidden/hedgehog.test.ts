import {
  astrocyteHead,
  compileKernels,
  createGenerator,
  hiddenLayer,
  type WeightedLayer,
} from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import { tokens } from '../attention/data.js';

await compileKernels();

const [width, count] = [6, 40];

/** [exp(W x), exp(−W x)] of a token, as the paper writes it; W (rows, width). */
function phi(w: Float64Array, x: ArrayLike<number>): number[] {
  const z = Array.from({ length: w.length / width }, (_, r) => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (w[r * width + i] as number) * (x[i] as number);
    return sum;
  });
  return [...z.map((v) => Math.exp(v)), ...z.map((v) => Math.exp(-v))];
}

/** The paper's linear attention: y_t = Σ_s φ(q_t)·φ(k_s) v_s / Σ_s φ(q_t)·φ(k_s), with what it divides by. */
function attend(w: Float64Array, neurons: number, given: ReturnType<typeof tokens>) {
  const scale = width ** -0.25;
  const features = (x: Float32Array) =>
    Array.from({ length: count }, (_, t) =>
      phi(
        w,
        Array.from(x.subarray(t * width, (t + 1) * width), (v) => v * scale),
      ).slice(0, neurons),
    );
  const [q, k] = [features(given.queries), features(given.keys)];
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
  const weights = q.map((a) => k.map((b) => dot(a, b)));
  const sums = weights.map((row) => row.reduce((sum, v) => sum + v, 0));
  const output = weights.flatMap((row, t) =>
    Array.from(
      { length: width },
      (_, i) =>
        row.reduce((sum, v, s) => sum + v * (given.values[s * width + i] as number), 0) /
        (sums[t] as number),
    ),
  );
  return { output, sums };
}

/** W (rows, width) of numbers that are no draw of the toolkit's. */
const own = (rows: number) => {
  const generator = createGenerator(2, 'hedgehog');
  return Float64Array.from({ length: rows * width }, () => generator.uniform() - 0.5);
};

describe('hedgehog', () => {
  it.each([10, 11, 1])('is the paper’s linear attention: %i neurons', (neurons) => {
    const weights = own(Math.ceil(neurons / 2));
    const hidden = hiddenLayer({ kind: 'hedgehog', neurons, width, weights });
    const head = astrocyteHead({ width, hidden });
    const given = tokens(4, count, width, 5);
    head.write(given.keys, given.values);
    const { output, response } = head.read(given.queries);
    // Of an odd number the last negative one is missing.
    const truth = attend(weights, neurons, given);
    truth.output.forEach((y, at) => {
      expect(Math.abs((output[at] as number) - y)).toBeLessThan(1e-5);
    });
    truth.sums.forEach((c, t) => {
      expect((response[t] as number) / c).toBeCloseTo(1, 5);
    });
  });

  it('has neurons in pairs w, −w', () => {
    const { query } = hiddenLayer({ kind: 'hedgehog', neurons: 14, width }) as WeightedLayer;
    const [above, below] = [query.weights.subarray(0, 42), query.weights.subarray(42)];
    expect(Array.from(below)).toEqual(Array.from(above, (w) => -w));
    expect(new Set(above).size).toBe(42);
  });

  it('begins as the identity where there are twice as many neurons as the head is wide', () => {
    const layer = hiddenLayer({ kind: 'hedgehog', neurons: 2 * width, width }) as WeightedLayer;
    const { weights } = layer.query;
    for (let at = 0; at < width * width; at++) {
      const on = at % (width + 1) === 0 ? 1 : 0;
      expect(weights[at]).toBe(on);
      expect(Math.abs(weights[at + width * width] as number)).toBe(on);
    }
  });

  it('takes a row of the user’s own for every two neurons', () => {
    expect(() =>
      hiddenLayer({ kind: 'hedgehog', neurons: 4, width, weights: own(4) }),
    ).toThrowError(
      expect.objectContaining({
        code: 'BAD_SHAPE',
        message: 'hidden weights have 24 values; 4 neurons of 2 rows × width 6 need 12',
      }),
    );
  });
});
