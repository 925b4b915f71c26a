import { compileKernels, newKernels } from '@tripartite/kernels';
import { hiddenLayer, type Sampling, samplings } from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import { createAstrocyte } from '../../src/attention/astrocyte.js';
import { normals, randomStatistics } from '../attention/data.js';

await compileKernels();

const width = 8;
const neurons = 64;
const kernels = newKernels();
const { arena } = kernels;

/** Pairs of a query and a key, already divided by d^¼, with ‖q + k‖² ≤ 2. */
const pairs = [0, 0.5, 1, 1.9].map((sum, i) => {
  const middle = normals(100 + i, width);
  const size = Math.sqrt(middle.reduce((total, v) => total + v * v, 0));
  const difference = normals(200 + i, width, 0.3);
  const half = middle.map((v) => (v * Math.sqrt(sum)) / size / 2);
  return {
    query: half.map((v, j) => v + (difference[j] as number)),
    key: half.map((v, j) => v - (difference[j] as number)),
  };
});

const statistics = randomStatistics(3, width);

/** Responses φ(q)·φ(k) of every pair for one draw of hidden neurons, through the head itself. */
function draw(kind: string, seed: number, sampling?: Sampling): number[] {
  const mark = arena.mark();
  const hidden = hiddenLayer({
    kind,
    neurons,
    width,
    seed,
    statistics,
    ...(sampling ? { sampling } : {}),
  });
  const head = createAstrocyte(kernels, hidden, 1, 1);
  const value = arena.store(Float32Array.of(1));
  const out = { pointer: arena.floats(1), stride: 1, rows: 1 };
  const responses = pairs.map(({ query, key }) => {
    head.begin();
    const [q, k] = [query, key].map((x) => ({ pointer: arena.store(x), stride: width, rows: 1 }));
    if (!q || !k) return NaN;
    head.write(k, { pointer: value, stride: 1, rows: 1 }, 0);
    return head.read(q, out).value[0] as number;
  });
  arena.release(mark);
  return responses;
}

/** Distance of the mean over draws from exp(q·k), in standard errors, for each pair. */
function deviations(kind: string, draws: number, sampling?: Sampling): number[] {
  const sums = pairs.map(() => ({ sum: 0, squares: 0 }));
  for (let seed = 1; seed <= draws; seed++) {
    draw(kind, seed, sampling).forEach((value, i) => {
      const total = sums[i] as { sum: number; squares: number };
      total.sum += value;
      total.squares += value * value;
    });
  }
  return pairs.map(({ query, key }, i) => {
    const exact = Math.exp(query.reduce((s, v, j) => s + v * (key[j] as number), 0));
    const { sum, squares } = sums[i] as { sum: number; squares: number };
    const mean = sum / draws;
    const error = Math.sqrt(Math.max(0, squares / draws - mean * mean) / (draws - 1));
    // Where the estimate hardly varies, float32's own error counts beside the standard error.
    return Math.abs(mean - exact) / (error + 1e-6 * exact);
  });
}

describe.each(['performer', 'matched', 'cosine'])('%s', (kind) => {
  it('estimates exp(q·k) without bias: 2 000 draws of 64 neurons, within 4 standard errors', () => {
    for (const deviation of deviations(kind, 2000)) expect(deviation).toBeLessThan(4);
  });

  it.each(samplings)('has no bias with %s weights, within 4 standard errors', (sampling) => {
    for (const deviation of deviations(kind, 300, sampling)) expect(deviation).toBeLessThan(4);
  });
});

describe('the test of bias', () => {
  it('sees the bias of a kind that has one', () => {
    expect(Math.max(...deviations('positive-cosine', 400))).toBeGreaterThan(4);
  });
});
