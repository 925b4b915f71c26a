import { compileKernels } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import { startWeights } from '../../src/fit/start-weights.js';
import { mean, standardDeviation } from '../../src/numeric/statistics.js';
import { headFit } from './head-parameters.js';

await compileKernels();

const width = 4;
const neurons = 3000;

/** A started head on inputs given by their tokens, (rows, width) each, and the gains of the keys. */
function start(
  inputs: readonly { queries: number[][]; keys: number[][]; gains: number[] }[],
  shared: boolean,
  seed = 1,
) {
  const { kernels, head } = headFit(width, neurons, shared);
  const { arena } = kernels;
  const tokens = inputs.map(({ queries, keys, gains }) => {
    const store = (values: number[]) => arena.store(Float32Array.from(values));
    return {
      rows: gains.length,
      queries: store(queries.flat()),
      keys: store(keys.flat()),
      gains: store(gains),
    };
  });
  startWeights(kernels, head, tokens, seed);
  return { row: arena.viewFloats(head.parameters, head.layout.length).slice(), ...head };
}

const vector = (first: number): number[] => [first, 1, -2, 0.5];

describe('the start of a head’s weights', () => {
  const one = [{ queries: [vector(3)], keys: [vector(5)], gains: [0] }];

  it('is the middle of a query and its key, with noise of 0.35', () => {
    const { row, layout } = start(one, false);
    const weights = row.subarray(layout.queryWeights, layout.queryBias);
    for (let l = 0; l < width; l++) {
      const own = Array.from(weights.filter((_, at) => at % width === l));
      const error = 0.35 / Math.sqrt(neurons);
      expect(Math.abs(mean(own) - (vector(4)[l] as number))).toBeLessThan(5 * error);
      expect(standardDeviation(own)).toBeGreaterThan(0.35 * 0.93);
      expect(standardDeviation(own)).toBeLessThan(0.35 * 1.07);
    }
  });

  it('has biases that take back the weights’ length and share out one', () => {
    const { row, layout } = start(one, false);
    for (let r = 0; r < neurons; r++) {
      const w = row.subarray(
        layout.queryWeights + r * width,
        layout.queryWeights + (r + 1) * width,
      );
      const square = w.reduce((sum, x) => sum + x * x, 0);
      const bias = row[layout.queryBias + r] as number;
      expect(Math.abs(bias + square / 4 + 0.5 * Math.log(neurons))).toBeLessThan(1e-5);
    }
  });

  it('is the same for queries and keys; α ½, γ 1, offset 0', () => {
    for (const shared of [false, true]) {
      const { row, layout } = start(one, shared);
      expect(row.subarray(layout.keyWeights, layout.curvature)).toEqual(
        row.subarray(0, layout.queryBias + neurons),
      );
      expect(Array.from(row.subarray(layout.curvature))).toEqual([0.5, 0.5, 0.5, 0.5, 1, 0]);
    }
  });

  it('takes keys by their attention weight, gains included, and all inputs and queries alike', () => {
    // Scores q·k + gain are ln 2, ln 5, ln 3 for every query; keys and queries are told apart by their first number.
    const keys = [100, 200, 300].map((first) => [first, 0, 0, 0]);
    const gains = [2, 5, 3].map(Math.log);
    const input = (first: number) => ({
      queries: [0, 1, 2].map((i) => [0, first + 10 * i, 0, 0]),
      keys,
      gains,
    });
    const { row, layout } = start([input(0), input(1000)], false);
    const counts = new Map<string, number>();
    for (let r = 0; r < neurons; r++) {
      const at = layout.queryWeights + r * width;
      const key = Math.round((row[at] as number) / 50);
      const query = Math.round((row[at + 1] as number) / 5);
      for (const place of [`key ${key}`, `query ${query}`]) {
        counts.set(place, (counts.get(place) ?? 0) + 1);
      }
    }
    const expected = { 'key 1': 0.2, 'key 2': 0.5, 'key 3': 0.3 };
    const sixth = [0, 1, 2, 100, 101, 102].map((query) => [`query ${query}`, 1 / 6]);
    const all = { ...expected, ...Object.fromEntries(sixth) } as Record<string, number>;
    expect([...counts.keys()].sort()).toEqual(Object.keys(all).sort());
    for (const [place, share] of Object.entries(all)) {
      const error = Math.sqrt(neurons * share * (1 - share));
      expect(Math.abs((counts.get(place) ?? 0) - neurons * share)).toBeLessThan(4.5 * error);
    }
  });

  it('is another for another seed', () => {
    expect(start(one, false, 2).row).not.toEqual(start(one, false).row);
    expect(start(one, false, 2).row).toEqual(start(one, false, 2).row);
  });
});
