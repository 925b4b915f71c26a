import { activations, type Kernels } from '@tripartite/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headError } from './head-error.js';
import {
  directLayer,
  type Extras,
  type Read,
  type Rows,
  randomLayer,
  randomRows,
  readHead,
  rowOf,
  rowsFrom,
  type Written,
  writeHead,
} from './placed-head.js';
import { activity, type Layer, type Name } from './reference/hidden.js';
import { type Answer, emptySynapses, read, write } from './reference/synapses.js';
import { builds, firstDifference, inArena, uniform } from './workbench.js';

const names = Object.keys(activations) as Name[];

interface Sizes {
  readonly tokens: number;
  readonly neurons: number;
  readonly width: number;
  readonly valueWidth: number;
}

/** What is written to a random head, and the queries that are then read. */
function randomHead(seed: number, name: Name, sizes: Sizes, extras: Extras, masked: boolean) {
  const { tokens, neurons, width, valueWidth } = sizes;
  const layer = randomLayer(seed, name, width, neurons, extras);
  const keys = randomRows(seed + 5, tokens, width, 2);
  const values = randomRows(seed + 6, tokens, valueWidth);
  const queries = randomRows(seed + 7, tokens, width, 2);
  if (!masked) return { given: { layer, keys, values, rows: tokens, valueWidth }, queries };
  const draw = uniform(seed + 8);
  const mask = Uint8Array.from({ length: tokens }, () => (draw() < 0.6 ? 1 : 0));
  mask.forEach((seen, t) => {
    if (seen) return;
    rowOf(keys, t).fill(NaN);
    rowOf(values, t).fill(t % 2 ? NaN : Infinity);
  });
  return { given: { layer, keys, values, rows: tokens, valueWidth, mask }, queries };
}

/** What float64 makes of a head. */
function answers({ layer, keys, values, rows, valueWidth, mask }: Written, asked: Float32Array[]) {
  const known = Array.from({ length: rows }, (_, t) => t).filter((t) => !mask || mask[t] === 1);
  const activities = known.map((t) => activity(layer, rowOf(keys, t)));
  const log = activities.reduce((top, a) => Math.max(top, a.log), -Infinity);
  const synapses = emptySynapses(valueWidth, layer.neurons, log === -Infinity ? 0 : log);
  known.forEach((t, i) => {
    const own = activities[i];
    if (own) write(synapses, own, rowOf(values, t));
  });
  return asked.map((q): Answer => read(synapses, activity(layer, q)));
}

/** Positive φ: their responses are never near 0, so that gated outputs can be compared. */
function isPositive(layer: Layer): boolean {
  return layer.activation.endsWith('exponential') || layer.activation === 'elu';
}

function worst(
  kernels: Kernels,
  seed: number,
  name: Name,
  sizes: Sizes,
  extras: Extras = {},
  masked = false,
): number {
  const { given, queries } = randomHead(seed, name, sizes, extras, masked);
  const { tokens, valueWidth } = sizes;
  const asked = Array.from({ length: tokens }, (_, t) => rowOf(queries, t));
  const exact = answers(given, asked);
  const gate = isPositive(given.layer) && exact.every(({ values }) => values[valueWidth] !== 0);
  return inArena(kernels, () => {
    const synapses = writeHead(kernels, given);
    kernels.packSynapses(synapses);
    const found = readHead(kernels, synapses, given.layer, queries, tokens, valueWidth, gate);
    return headError(found, exact, gate);
  });
}

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

  it.each(names)('keeps the bound at a size of use, %s', (name) => {
    const sizes = { tokens: 250, neurons: 256, width: 64, valueWidth: 64 };
    expect(worst(kernels, 1, name, sizes, { norm: -0.5 })).toBeLessThanOrEqual(4);
  });

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

  it('stays in its scratch memory for activities given directly to wide values', () => {
    const layer = directLayer(10);
    const [keys, values] = [randomRows(1, 600, 10), randomRows(2, 600, 125)];
    const given = { layer, keys, values, rows: 600, valueWidth: 125 };
    inArena(kernels, () => expect(() => writeHead(kernels, given)).not.toThrow());
  });

  it('divides by responses down to the smallest denormal', () => {
    const layer = directLayer(1);
    const values = { values: Float32Array.of(3, -5), stride: 2 };
    const keys = { values: Float32Array.of(1), stride: 1 };
    const given = { layer, keys, values, rows: 1, valueWidth: 2 };
    const faint = [1, -99, -100, -101, -126, -130, -147];
    const queries = { values: Float32Array.from(faint, (n) => 2 ** n), stride: 1 };
    const { out, responses, exponents } = inArena(kernels, () => {
      const synapses = writeHead(kernels, given);
      kernels.packSynapses(synapses);
      return readHead(kernels, synapses, layer, queries, 7, 2, true);
    });
    expect(Array.from(out)).toEqual(faint.flatMap(() => [3, -5]));
    faint.forEach((n, t) => {
      expect((responses[t] as number) * 2 ** (exponents[t] as number)).toBe(2 ** n);
    });
  });

  it.each(names)('reads each query as if it were alone, bit for bit, %s', (name) => {
    const sizes = { tokens: 21, neurons: 19, width: 5, valueWidth: 6 };
    const { given, queries } = randomHead(6, name, sizes, { gain: true, shift: -0.5 }, false);
    inArena(kernels, () => {
      const synapses = writeHead(kernels, given);
      kernels.packSynapses(synapses);
      const ask = (first: number, last: number): Read => {
        const some = rowsFrom(queries, first);
        return readHead(kernels, synapses, given.layer, some, last - first, 6, true);
      };
      const whole = ask(0, 21);
      expect(ask(0, 21)).toEqual(whole);
      for (let first = 0; first < 21; first++) {
        for (const last of [first + 1, Math.min(21, first + 10), 21]) {
          const part = ask(first, last);
          const out = whole.out.slice(first * 6, last * 6);
          expect(firstDifference(part.out, out)).toBe(-1);
          expect(firstDifference(part.responses, whole.responses.slice(first, last))).toBe(-1);
          expect(part.exponents).toEqual(whole.exponents.slice(first, last));
        }
      }
    });
  });

  it.each(names)('shows a NaN of a query in its row alone, of a key everywhere, %s', (name) => {
    const sizes = { tokens: 11, neurons: 13, width: 5, valueWidth: 6 };
    const { given, queries } = randomHead(7, name, sizes, {}, false);
    const spoil = (rows: Rows, t: number): Rows => {
      const values = rows.values.slice();
      values[t * rows.stride + 2] = NaN;
      return { ...rows, values };
    };
    inArena(kernels, () => {
      const synapses = writeHead(kernels, given);
      kernels.packSynapses(synapses);
      const clean = readHead(kernels, synapses, given.layer, queries, 11, 6, true);
      const spoilt = readHead(kernels, synapses, given.layer, spoil(queries, 9), 11, 6, true);
      clean.out.forEach((v, at) => {
        expect(spoilt.out[at]).toBe(Math.floor(at / 6) === 9 ? NaN : v);
      });
      for (const rows of [1, 11]) {
        const keys = spoil(given.keys, rows - 1);
        const after = writeHead(kernels, { ...given, keys, rows });
        kernels.packSynapses(after);
        const read = readHead(kernels, after, given.layer, queries, 11, 6, true);
        expect(read.out.every(Number.isNaN)).toBe(true);
      }
    });
  });

  it.each(names)('reads 0 where nothing, or only masked tokens, were written, %s', (name) => {
    const sizes = { tokens: 9, neurons: 13, width: 5, valueWidth: 6 };
    const { given, queries } = randomHead(8, name, sizes, {}, false);
    given.keys.values.fill(NaN);
    given.values.values.fill(NaN);
    for (const empty of [
      { ...given, rows: 0 },
      { ...given, mask: new Uint8Array(9) },
    ]) {
      inArena(kernels, () => {
        const synapses = writeHead(kernels, empty);
        kernels.packSynapses(synapses);
        const { out, responses } = readHead(kernels, synapses, given.layer, queries, 9, 6, true);
        expect(out.every((v) => v === 0)).toBe(true);
        expect(responses.every((v) => v === 0)).toBe(true);
      });
    }
  });

  it('takes the mask of a later block for its own tokens', () => {
    const sizes = { tokens: 1100, neurons: 5, width: 3, valueWidth: 2 };
    expect(worst(kernels, 9, 'exponential', sizes, {}, true)).toBeLessThanOrEqual(4);
  });
});
