import { activations, type Kernels } from '@tripartite/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headError } from './head-error.js';
import { readHead, writeHead } from './placed-head.js';
import { type Streamed, stream } from './placed-stream.js';
import { causalAnswers, randomStream } from './random-stream.js';
import type { Name } from './reference/hidden.js';
import { builds, copy, firstDifference, inArena } from './workbench.js';

const names = Object.keys(activations) as Name[];

function worst(kernels: Kernels, given: Streamed, block: number, gate = false): number {
  const answers = causalAnswers(given);
  return inArena(kernels, () => headError(stream(kernels, given, block, gate), answers, gate));
}

describe.each(builds)('streaming, $build', (kernels) => {
  it.each([8, 16, 120])('agrees with float64 for every length 1 … 70, blocks of %i', (block) => {
    for (let rows = 1; rows <= 70; rows++) {
      for (const name of names) {
        const given = randomStream(rows, name, { rows, neurons: 11, width: 5, valueWidth: 4 });
        expect(worst(kernels, given, block), `${name}, ${rows}`).toBeLessThanOrEqual(2);
      }
    }
  });

  it.each([8, 16, 120])('agrees with float64 for any head and masks, blocks of %i', (block) => {
    const size = fc.integer({ min: 1, max: 70 });
    const rows = fc.integer({ min: 1, max: 260 });
    const flag = fc.boolean();
    fc.assert(
      fc.property(
        fc.record({ rows, neurons: size, width: size, valueWidth: size }),
        fc.record({ map: flag, gain: flag, shift: fc.constantFrom(0, -0.5) }),
        fc.constantFrom(...names),
        flag,
        fc.integer({ min: 0, max: 1000 }),
        (sizes, extras, name, masked, seed) =>
          worst(kernels, randomStream(seed, name, sizes, extras, masked), block) <= 4,
      ),
      { numRuns: 30 },
    );
  });

  it('agrees with float64 gated, where φ is positive', () => {
    for (const name of ['exponential', 'clipped-exponential', 'elu'] as const) {
      const given = randomStream(1, name, { rows: 150, neurons: 19, width: 5, valueWidth: 6 });
      for (const block of [8, 16, 120]) {
        expect(worst(kernels, given, block, true)).toBeLessThanOrEqual(4);
      }
    }
  });

  it('takes tokens whose factors rise from exp(−80) to exp(80), and fall again', () => {
    const rows = 161;
    for (const name of names) {
      const given = randomStream(2, name, { rows, neurons: 11, width: 3, valueWidth: 4 });
      const { scale, weights = new Float32Array() } = given.layer;
      const blind = weights.map((w, at) => (at % 3 === 0 ? 0 : w));
      const layer = { ...given.layer, weights: blind, gain: Float32Array.of(1 / scale, 0, 0) };
      const query = { ...given.query, weights: blind };
      for (let t = 0; t < rows; t++) {
        given.keys.values[t * given.keys.stride] = 80 - Math.abs(2 * t - 160);
      }
      for (const block of [8, 16, 120]) {
        const head = { ...given, layer, query };
        expect(worst(kernels, head, block), name).toBeLessThanOrEqual(4);
      }
    }
  });

  it('leaves the synapses that writing block by block leaves, bit for bit', () => {
    for (const name of names) {
      const sizes = { rows: 150, neurons: 19, width: 5, valueWidth: 6 };
      const given = randomStream(3, name, sizes, {}, true);
      for (const block of [8, 16, 120]) {
        inArena(kernels, () => {
          const floats = Math.floor(kernels.synapsesBytes(6, 19) / 4);
          const { synapses } = stream(kernels, given, block, true);
          const written = writeHead(kernels, given, { chunk: block });
          kernels.packSynapses(written);
          kernels.packSynapses(synapses);
          const [a, b] = [synapses, written].map((at) => copy(kernels, at, floats).subarray(8));
          expect(firstDifference(a as Float32Array, b as Float32Array)).toBe(-1);
          const of = (at: number) => readHead(kernels, at, given.query, given.queries, 9, 6, true);
          expect(of(synapses)).toEqual(of(written));
        });
      }
    }
  });

  it('goes on where the call before ended, bit for bit at whole blocks', () => {
    const given = randomStream(4, 'exponential', {
      rows: 100,
      neurons: 19,
      width: 5,
      valueWidth: 6,
    });
    inArena(kernels, () => {
      const whole = stream(kernels, given, 16, true);
      const again = stream(kernels, given, 16, true);
      const parts = stream(kernels, given, 16, true, 32);
      for (const other of [again, parts]) {
        expect(firstDifference(other.out, whole.out)).toBe(-1);
        expect(firstDifference(other.responses, whole.responses)).toBe(-1);
        expect(other.exponents).toEqual(whole.exponents);
      }
    });
    const answers = causalAnswers(given);
    for (const chunk of [1, 7, 33]) {
      const read = inArena(kernels, () => stream(kernels, given, 16, true, chunk));
      expect(headError(read, answers, true)).toBeLessThanOrEqual(4);
    }
  });

  it('lets later tokens change no bit of what a query gets', () => {
    const given = randomStream(5, 'exponential', {
      rows: 70,
      neurons: 11,
      width: 5,
      valueWidth: 6,
    });
    for (const block of [8, 16, 120]) {
      const whole = inArena(kernels, () => stream(kernels, given, block, true));
      for (let rows = 1; rows < 70; rows++) {
        const part = inArena(kernels, () => stream(kernels, { ...given, rows }, block, true));
        expect(firstDifference(part.out, whole.out.slice(0, rows * 6))).toBe(-1);
        expect(part.exponents).toEqual(whole.exponents.slice(0, rows));
      }
    }
  });

  it('reads 0 before the first token that is not masked', () => {
    const given = randomStream(6, 'exponential', {
      rows: 30,
      neurons: 11,
      width: 5,
      valueWidth: 6,
    });
    const mask = Uint8Array.from({ length: 30 }, (_, t) => (t < 19 ? 0 : 1));
    for (const block of [8, 16, 120]) {
      const read = inArena(kernels, () => stream(kernels, { ...given, mask }, block, true));
      read.responses.forEach((c, t) => {
        expect(c === 0).toBe(t < 19);
      });
      expect(read.out.slice(0, 19 * 6).every((v) => v === 0)).toBe(true);
    }
  });
});
