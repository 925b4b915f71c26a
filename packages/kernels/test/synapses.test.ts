import { absent, activations, type Kernels } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import { type Split, type Written, writeHead } from './placed-head.js';
import { directLayer, randomLayer } from './placed-layer.js';
import { randomRows, rowOf } from './random-rows.js';
import { activity, type Name } from './reference/hidden.js';
import { emptySynapses, write } from './reference/synapses.js';
import { builds, firstDifference, inArena } from './workbench.js';

const names = Object.keys(activations) as Name[];
const roundoff = 2 ** -24;

/** Copies the strips out, both parts, and their exponents; fields as of `Synapses` in assembly/synapses.ts. */
function strips(kernels: Kernels, given: Written, split?: Split) {
  return inArena(kernels, () => {
    const { arena } = kernels;
    const at = writeHead(kernels, given, split);
    const count = Math.ceil(given.layer.neurons / 8);
    const [sum = 0, rest = 0, exponents = 0] = arena.viewIntegers(at + 8, 3);
    const size = count * 8 * (given.valueWidth + 1);
    return {
      sum: arena.viewFloats(sum, size).slice(),
      rest: arena.viewFloats(rest, size).slice(),
      exponents: arena.viewIntegers(exponents, count).slice(),
    };
  });
}

/** Largest error of H and g, in units of 2⁻²⁴ · Σ|terms| with the sizes of activities (see `Activity`). */
function worst(kernels: Kernels, given: Written, split?: Split): number {
  const { layer, keys, values, rows, valueWidth } = given;
  const activities = Array.from({ length: rows }, (_, t) => activity(layer, rowOf(keys, t)));
  const log = activities.reduce((top, a) => Math.max(top, a.log), -Infinity);
  const exact = emptySynapses(valueWidth, layer.neurons, log);
  activities.forEach((a, t) => {
    write(exact, a, rowOf(values, t));
  });
  const { sum, rest, exponents } = strips(kernels, given, split);
  let largest = 0;
  for (let j = 0; j <= valueWidth; j++) {
    for (let r = 0; r < layer.neurons; r++) {
      const strip = Math.floor(r / 8);
      const at = (strip * (valueWidth + 1) + j) * 8 + (r % 8);
      const unit = Math.exp((exponents[strip] as number) * Math.LN2 - log);
      const value = ((sum[at] as number) + (rest[at] as number)) * unit;
      const own = j * layer.neurons + r;
      const size = roundoff * (exact.roundings[own] as number) + 1e-30;
      const error = Math.abs(value - (exact.values[own] as number)) / size;
      if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
    }
  }
  return largest;
}

function randomWritten(
  seed: number,
  name: Name,
  tokens: number,
  neurons: number,
  width = 5,
): Written {
  const layer = randomLayer(seed, name, width, neurons, { gain: true });
  const keys = randomRows(seed + 1, tokens, width, 2);
  const values = randomRows(seed + 2, tokens, 3);
  return { layer, keys, values, rows: tokens, valueWidth: 3 };
}

describe.each(builds)('synapses, $build', (kernels) => {
  it.each(names)(
    'are Σ v φᵀ and Σ φ, for every number of tokens and neurons 1 … 70, %s',
    (name) => {
      for (let size = 1; size <= 70; size++) {
        expect(worst(kernels, randomWritten(size, name, size, 11))).toBeLessThanOrEqual(2);
        expect(worst(kernels, randomWritten(size, name, 9, size))).toBeLessThanOrEqual(2);
      }
    },
  );

  it('are 0 where the layer has no neuron, as lanes of the last strip', () => {
    for (const name of names) {
      const { sum, rest } = strips(kernels, randomWritten(1, name, 20, 11));
      for (let at = 4 * 8; at < 2 * 4 * 8; at++) {
        if (at % 8 < 3) continue;
        expect(sum[at]).toBe(0);
        expect(rest[at]).toBe(0);
      }
    }
  });

  it.each(names)(
    'have the same bits for strips in one call or several, on a second run too, %s',
    (name) => {
      for (const tokens of [1, 77, 530]) {
        const given = randomWritten(tokens, name, tokens, 37);
        const whole = strips(kernels, given);
        expect(strips(kernels, given)).toEqual(whole);
        for (const cuts of [[1], [2, 3], [1, 2, 3, 4]]) {
          const split = strips(kernels, given, { cuts });
          expect(firstDifference(split.sum, whole.sum)).toBe(-1);
          expect(firstDifference(split.rest, whole.rest)).toBe(-1);
          expect(split.exponents).toEqual(whole.exponents);
        }
      }
    },
  );

  it('stay within 1e-6 of Σ|terms| over 10⁴ tokens, in one call or in ten thousand', () => {
    const layer = directLayer(9);
    const keys = randomRows(1, 10_000, 9);
    keys.values.forEach((v, at) => {
      keys.values[at] = Math.abs(v) + 0.25;
    });
    const values = randomRows(2, 10_000, 3);
    values.values.forEach((v, at) => {
      if (at % 4 === 0) values.values[at] = Math.abs(v);
    });
    const given = { layer, keys, values, rows: 10_000, valueWidth: 3 };
    const limit = 1e-6 / roundoff;
    expect(worst(kernels, given)).toBeLessThanOrEqual(limit);
    expect(worst(kernels, given, { chunk: 1 })).toBeLessThanOrEqual(limit);
  });

  it('stay within the bound while exponents rise with every token', () => {
    for (const name of names) {
      const given = randomWritten(4, name, 160, 11, 3);
      // The first coordinate of a token is its log factor alone, −80 … 80; the exponents rise with it.
      const { scale, weights = new Float32Array() } = given.layer;
      const blind = weights.map((w, at) => (at % 3 === 0 ? 0 : w));
      const layer = { ...given.layer, weights: blind, gain: Float32Array.of(1 / scale, 0, 0) };
      for (let t = 0; t < 160; t++) given.keys.values[t * given.keys.stride] = t - 80;
      for (const chunk of [1, 9, 160]) {
        expect(worst(kernels, { ...given, layer }, { chunk }), name).toBeLessThanOrEqual(4);
      }
    }
  });

  it('keep what a token far fainter than the others adds in their second part', () => {
    const layer = directLayer(1);
    const keys = { values: Float32Array.of(1, 2 ** -30, 2 ** -30), stride: 1 };
    const values = { values: Float32Array.of(1, 1, 1), stride: 1 };
    const given = { layer, keys, values, rows: 3, valueWidth: 1 };
    const { sum, rest } = strips(kernels, given, { chunk: 1 });
    expect((sum[0] as number) + (rest[0] as number)).toBe(1 + 2 ** -29);
  });

  it('bring both parts to a larger exponent, exactly', () => {
    const none = { constant: 0, norm: 0, shift: 0, bias: new Float32Array(1) };
    const weights = Float32Array.of(1, 0);
    const gain = Float32Array.of(0, 7);
    const shape = { width: 2, neurons: 1, scale: 1, activation: 'linear' } as const;
    const layer = { ...shape, ...none, weights, gain };
    // The third token adds nothing, but its factor exp(7) is above 2¹⁰.
    const keys = { values: Float32Array.of(1, 0, 2 ** -30, 0, 0, 1), stride: 2 };
    const values = { values: Float32Array.of(1, 1, 1), stride: 1 };
    const given = { layer, keys, values, rows: 3, valueWidth: 1 };
    const { sum, rest, exponents } = strips(kernels, given, { chunk: 1 });
    expect(exponents[0]).toBe(11);
    expect(sum[0]).toBe(2 ** -11);
    expect(rest[0]).toBe(2 ** -41);
  });

  it('have the exponent of absence where nothing, or only masked tokens, were written', () => {
    const given = randomWritten(5, 'exponential', 9, 20);
    for (const empty of [
      { ...given, rows: 0 },
      { ...given, mask: new Uint8Array(9) },
    ]) {
      const { sum, rest, exponents } = strips(kernels, empty);
      expect(sum.every((v) => v === 0)).toBe(true);
      expect(rest.every((v) => v === 0)).toBe(true);
      expect(Array.from(exponents)).toEqual([absent, absent, absent]);
    }
  });

  it('have exponents that put the largest activity just below 1', () => {
    for (const [name, log] of [
      ['exponential', 50],
      ['exponential', -500],
      ['relu', 123],
    ] as const) {
      const layer = { ...randomLayer(6, name, 2, 8), constant: log, weights: new Float32Array(16) };
      const keys = randomRows(6, 1, 2);
      const bias = new Float32Array(8);
      const given = { layer: { ...layer, bias }, keys, values: keys, rows: 1, valueWidth: 2 };
      expect(strips(kernels, given).exponents[0]).toBe(Math.ceil(log / Math.LN2));
    }
  });
});
