import { activations } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import { type Read, readHead, writeHead } from './placed-head.js';
import { directLayer } from './placed-layer.js';
import { randomHead } from './random-head.js';
import { type Rows, randomRows, rowsFrom } from './random-rows.js';
import type { Name } from './reference/hidden.js';
import { builds, firstDifference, inArena } from './workbench.js';

const names = Object.keys(activations) as Name[];

describe.each(builds)('edges of writing and reading, $build', (kernels) => {
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
});
