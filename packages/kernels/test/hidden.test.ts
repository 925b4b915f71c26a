import { activations } from '@tripartite/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headError } from './head-error.js';
import { readHead, writeHead } from './placed-head.js';
import { directLayer } from './placed-layer.js';
import { answers, randomHead, worst } from './random-head.js';
import { type Rows, randomRows, rowOf } from './random-rows.js';
import type { Name } from './reference/hidden.js';
import { builds, inArena } from './workbench.js';

const names = Object.keys(activations) as Name[];

describe.each(builds)('writing and reading, $build', (kernels) => {
  it.each(names)('agrees with float64 for every size 1 … 70 of each dimension, %s', (name) => {
    for (let size = 1; size <= 70; size++) {
      for (const [tokens, neurons, width, valueWidth] of [
        [size, 9, 5, 3],
        [7, size, 3, 6],
        [5, 11, size, 1],
        [3, 7, 9, size],
      ] as const) {
        const sizes = { tokens, neurons, width, valueWidth };
        const error = worst(kernels, size, name, sizes);
        expect(error, JSON.stringify(sizes)).toBeLessThanOrEqual(2);
      }
    }
  });

  it.each(names)('agrees with float64 for any sizes, masks and extra terms, %s', (name) => {
    const size = fc.integer({ min: 1, max: 70 });
    const flag = fc.boolean();
    fc.assert(
      fc.property(
        fc.record({ tokens: size, neurons: size, width: size, valueWidth: size }),
        fc.record({
          map: flag,
          centre: flag,
          gain: flag,
          norm: fc.constantFrom(0, -0.5, 0.1),
          shift: fc.constantFrom(0, -0.5, 0.1),
          constant: fc.constantFrom(0, -3, 20),
        }),
        flag,
        fc.integer({ min: 0, max: 1000 }),
        (sizes, extras, masked, seed) => worst(kernels, seed, name, sizes, extras, masked) <= 4,
      ),
      { numRuns: 25 },
    );
  });

  it.each(['exponential', 'cosine', 'elu'] as const)(
    'keeps the bound at a size of use, %s',
    (name) => {
      const sizes = { tokens: 250, neurons: 256, width: 64, valueWidth: 64 };
      expect(worst(kernels, 1, name, sizes, { norm: -0.5 })).toBeLessThanOrEqual(4);
    },
  );

  it.each(names)('neither overflows nor loses a token for factors of exp(±300), %s', (name) => {
    for (const constant of [-300, -80, 80, 300]) {
      const sizes = { tokens: 9, neurons: 37, width: 5, valueWidth: 3 };
      expect(worst(kernels, 2, name, sizes, { constant })).toBeLessThanOrEqual(4);
      const { given, queries } = randomHead(2, name, sizes, { constant }, false);
      const { responses } = inArena(kernels, () => {
        const synapses = writeHead(kernels, given);
        kernels.packSynapses(synapses);
        return readHead(kernels, synapses, given.layer, queries, 9, 3, true);
      });
      expect(responses.every((c) => Number.isFinite(c) && Math.abs(c) > 1e-20)).toBe(true);
    }
  });

  it.each(names)('takes tokens whose factors differ by exp(160), %s', (name) => {
    for (const seed of [3, 4, 5]) {
      const sizes = { tokens: 70, neurons: 19, width: 3, valueWidth: 4 };
      const { given, queries } = randomHead(seed, name, sizes, {}, seed === 5);
      // The log factor is a coordinate of the token, which its neurons do not see.
      const { scale, weights = new Float32Array() } = given.layer;
      const gain = Float32Array.of(40 / scale, 0, 0);
      const blind = weights.map((w, at) => (at % 3 === 0 ? 0 : w));
      const layer = { ...given.layer, weights: blind, gain };
      const head = { ...given, layer };
      const asked = Array.from({ length: 70 }, (_, t) => rowOf(queries, t));
      const found = inArena(kernels, () => {
        const synapses = writeHead(kernels, head, { chunk: 7 });
        kernels.packSynapses(synapses);
        return readHead(kernels, synapses, layer, queries, 70, 4, false);
      });
      expect(headError(found, answers(head, asked), false)).toBeLessThanOrEqual(4);
    }
  });

  it('agrees with float64 for activities given directly, every number of neurons 1 … 70', () => {
    for (let neurons = 1; neurons <= 70; neurons++) {
      const layer = directLayer(neurons);
      const tokens = (neurons % 23) + 1;
      const mask = Uint8Array.from({ length: tokens }, (_, t) => (t % 4 === 2 ? 0 : 1));
      const keys = randomRows(neurons, tokens, neurons);
      const values = randomRows(neurons + 1, tokens, 5);
      const queries = randomRows(neurons + 2, tokens, neurons);
      mask.forEach((seen, t) => {
        if (!seen) rowOf(keys, t).fill(NaN);
      });
      const given = { layer, keys, values, rows: tokens, valueWidth: 5, mask };
      const asked = Array.from({ length: tokens }, (_, t) => rowOf(queries, t));
      const found = inArena(kernels, () => {
        const synapses = writeHead(kernels, given);
        kernels.packSynapses(synapses);
        return readHead(kernels, synapses, layer, queries, tokens, 5, false);
      });
      expect(headError(found, answers(given, asked), false)).toBeLessThanOrEqual(2);
    }
  });

  it('keeps the bound of the worst case where all terms are alike, and rounded the same way', () => {
    for (const [entry, neurons, tokens] of [
      [0.7, 70, 120],
      [0.9, 255, 240],
      [1 / 3, 64, 600],
      [1.1, 9, 119],
    ] as const) {
      const layer = directLayer(neurons);
      const alike = (rows: number, width: number): Rows => ({
        values: new Float32Array(rows * width).fill(entry),
        stride: width,
      });
      const [keys, values] = [alike(tokens, neurons), alike(tokens, 2)];
      const queries = alike(1, neurons);
      const given = { layer, keys, values, rows: tokens, valueWidth: 2 };
      const found = inArena(kernels, () => {
        const synapses = writeHead(kernels, given);
        kernels.packSynapses(synapses);
        return readHead(kernels, synapses, layer, queries, 1, 2, false);
      });
      const error = headError(found, answers(given, [queries.values]), false);
      expect(error).toBeLessThanOrEqual(neurons + 136);
    }
  });

  it('takes the mask of a later block for its own tokens', () => {
    const sizes = { tokens: 1100, neurons: 5, width: 3, valueWidth: 2 };
    expect(worst(kernels, 9, 'exponential', sizes, {}, true)).toBeLessThanOrEqual(4);
  });
});
