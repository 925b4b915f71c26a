import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { names, randomLayer, run, tight, worst } from './placed-linear.js';
import { linearRow } from './reference/linear.js';
import { builds, fenced, firstDifference, inArena, randomFloats } from './workbench.js';

describe.each(builds)('linear, $build', (kernels) => {
  it('agrees with float64 for every size 1 … 70 of each dimension', () => {
    for (let size = 1; size <= 70; size++) {
      for (const [rows, input, output] of [
        [size, 5, 9],
        [7, size, 3],
        [6, 11, size],
        [size, size, size],
      ] as const) {
        const layer = randomLayer(size, input, output);
        const call = tight(layer, rows, names[size % 3]);
        const label = `${rows} × ${input} × ${output}`;
        expect(worst(kernels, size, layer, call), label).toBeLessThanOrEqual(1);
      }
    }
  });

  it('agrees with float64 for any sizes and strides, activations, added or not', () => {
    const size = fc.integer({ min: 1, max: 70 });
    const gap = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(
        fc.record({ rows: fc.integer({ min: 0, max: 70 }), input: size, output: size }),
        fc.record({ x: gap, out: gap, transposed: fc.boolean(), accumulate: fc.boolean() }),
        fc.constantFrom(...names),
        fc.integer({ min: 0, max: 1000 }),
        ({ rows, input, output }, { x, out, transposed, accumulate }, activation, seed) => {
          const layer = randomLayer(seed, input, output, transposed);
          const strides = { xStride: input + x, outStride: output + out };
          const call = { ...strides, activation, accumulate, rows };
          return worst(kernels, seed, layer, call) <= 1;
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each(names)('agrees with float64 beyond its blocks, %s', (activation) => {
    for (const [rows, input, output] of [
      [3, 1100, 11],
      [247, 513, 9],
      [5, 512, 17],
    ] as const) {
      const layer = randomLayer(rows, input, output);
      const call = tight(layer, rows, activation);
      expect(worst(kernels, 1, layer, call)).toBeLessThanOrEqual(1);
      expect(worst(kernels, 1, layer, { ...call, accumulate: true })).toBeLessThanOrEqual(1);
    }
  });

  it('is f(bias), or f(out + bias), where there is no input', () => {
    const layer = randomLayer(1, 0, 11);
    for (const activation of names) {
      const call = tight(layer, 7, activation);
      expect(worst(kernels, 4, layer, call)).toBeLessThanOrEqual(1);
      expect(worst(kernels, 4, layer, { ...call, accumulate: true })).toBeLessThanOrEqual(1);
    }
  });

  it('is exact where every sum is a small whole number, or a small number of denormals', () => {
    const whole = (seed: number, count: number) => randomFloats(seed, count, 9).map(Math.trunc);
    for (const unit of [1, 2 ** -149]) {
      const tiny = (values: Float32Array) => values.map((v) => v * unit);
      const [weights, bias] = [whole(2, 700 * 19), tiny(whole(3, 19))];
      const layer = { input: 700, output: 19, weights, bias, transposed: false };
      const x = tiny(whole(1, 23 * 700));
      const y = run(kernels, layer, x, new Float32Array(23 * 19), tight(layer, 23));
      for (let t = 0; t < 23; t++) {
        const row = x.subarray(t * 700, (t + 1) * 700);
        const { sums } = linearRow(row, weights, bias, undefined);
        sums.forEach((sum, j) => {
          expect(y[t * 19 + j] === sum).toBe(true);
        });
      }
    }
  });

  it('gives a row the same bits whatever rows are computed with it, and on a second run', () => {
    const layer = randomLayer(5, 530, 21);
    const x = randomFloats(6, 131 * 530);
    const before = randomFloats(7, 131 * 21);
    for (const activation of names) {
      const call = { ...tight(layer, 131, activation), accumulate: true };
      const whole = run(kernels, layer, x, before, call);
      expect(firstDifference(run(kernels, layer, x, before, call), whole)).toBe(-1);
      for (const cut of [1, 5, 6, 64, 120, 130]) {
        const top = run(kernels, layer, x, before.slice(0, cut * 21), { ...call, rows: cut });
        const below = { ...call, rows: 131 - cut };
        const rest = run(kernels, layer, x.slice(cut * 530), before.slice(cut * 21), below);
        const both = Float32Array.of(...top, ...rest);
        expect(firstDifference(both, whole), `cut at ${cut}`).toBe(-1);
      }
    }
  });

  it('gives a column the same bits whatever columns are computed with it', () => {
    const layer = randomLayer(8, 37, 30);
    const x = randomFloats(9, 11 * 37);
    const whole = run(kernels, layer, x, new Float32Array(11 * 30), tight(layer, 11, 'gelu'));
    for (const [from, to] of [
      [0, 13],
      [13, 30],
      [29, 30],
    ] as const) {
      const output = to - from;
      const weights = Float32Array.from(
        { length: 37 * output },
        (_, at) => layer.weights[Math.floor(at / output) * 30 + from + (at % output)] as number,
      );
      const part = { ...layer, output, weights, bias: layer.bias.slice(from, to) };
      const some = run(kernels, part, x, new Float32Array(11 * output), tight(part, 11, 'gelu'));
      const same = some.map(
        (_, at) => whole[Math.floor(at / output) * 30 + from + (at % output)] ?? NaN,
      );
      expect(firstDifference(some, same)).toBe(-1);
    }
  });

  it('is f(gemm) of weights with the bias as one more row, and of x with a one, bit for bit', () => {
    const layer = randomLayer(10, 600, 13);
    const x = randomFloats(11, 9 * 600);
    const y = run(kernels, layer, x, new Float32Array(9 * 13), tight(layer, 9, 'relu'));
    const withOne = Float32Array.from({ length: 9 * 601 }, (_, at) =>
      at % 601 === 600 ? 1 : (x[Math.floor(at / 601) * 600 + (at % 601)] as number),
    );
    const withBias = Float32Array.of(...layer.weights, ...layer.bias);
    const product = inArena(kernels, () => {
      const { arena, scratch } = kernels;
      const out = fenced(kernels, new Float32Array(9 * 13));
      const [from, by] = [arena.store(withOne), arena.store(withBias)];
      kernels.gemm(out.pointer, 13, from, 601, 1, by, 13, 1, 9, 13, 601, false, scratch);
      return out.take();
    });
    const exact = product.map((v) => Math.max(v, 0));
    expect(firstDifference(y, exact)).toBe(-1);
  });

  it('shows NaN and infinity of x in their row, of weights and bias in their column', () => {
    const layer = randomLayer(12, 7, 11);
    const x = randomFloats(13, 13 * 7);
    const empty = new Float32Array(13 * 11);
    const call = tight(layer, 13);
    const clean = run(kernels, layer, x, empty, call);
    for (const special of [NaN, Infinity, -Infinity]) {
      const row = run(kernels, layer, x.with(12 * 7 + 6, special), empty, call);
      const weights = layer.weights.with(3 * 11 + 10, special);
      const column = run(kernels, { ...layer, weights }, x, empty, call);
      const bias = layer.bias.with(8, special);
      const biased = run(kernels, { ...layer, bias }, x, empty, call);
      clean.forEach((v, at) => {
        const [t, j] = [Math.floor(at / 11), at % 11];
        expect(row[at]).toBe(t === 12 ? special * (layer.weights[6 * 11 + j] ?? 0) : v);
        expect(column[at]).toBe(j === 10 ? special * (x[t * 7 + 3] ?? 0) : v);
        expect(biased[at]).toBe(j === 8 ? special : v);
      });
    }
  });
});
