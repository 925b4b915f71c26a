import { afterAll, describe, expect, it } from 'vitest';
import { placeHeadFit } from '../../src/fit/head-fit.js';
import { placeMaps, readBatch } from '../../src/fit/head-tokens.js';
import { divideInputs, hashInputs } from '../../src/fit/inputs.js';
import { createPoolHolder, dividePools } from '../../src/fit/pools.js';
import { storedBytes } from '../../src/fit/stored-inputs.js';
import type { Model } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { takeTurn } from '../../src/turns.js';
import { dot, rowOf } from '../compare/naive-network.js';
import { largestDifference } from '../transformer/differences.js';
import { digitInputs, openDigits } from './digit-fit.js';

/** Every head of a model, as a fit places it. */
async function placeAll(model: Model) {
  const { layers } = await model.statistics();
  return model.layers.flatMap(({ heads, headWidth: width }, layer) =>
    Array.from({ length: heads }, (_, head) => {
      const moments = layers[layer]?.[head];
      if (!moments) throw new Error('no moments');
      return placeHeadFit(model.kernels, { layer, head, width }, moments, 4, false);
    }),
  );
}

describe('inputs of a fit', async () => {
  const model = await openDigits();
  afterAll(() => model.close());
  const inputs = digitInputs(30);
  const settings = { seed: 1, heldOut: 0.1 };
  const divided = divideInputs(model, inputs, settings);

  it('are divided into those fitted on and those held out, each once, by the seed', () => {
    expect(divided.heldOut).toHaveLength(3);
    expect(divided.training).toHaveLength(27);
    const all = [...divided.training, ...divided.heldOut].sort((a, b) => a - b);
    expect(all).toEqual(inputs.map((_, at) => at));
    const other = divideInputs(model, inputs, { ...settings, seed: 2 });
    expect(other.heldOut).not.toEqual(divided.heldOut);
    // One of two at least, and 64 of many at most.
    expect(divideInputs(model, inputs.slice(0, 2), settings).heldOut).toHaveLength(1);
    const many = Array.from({ length: 2000 }, (_, i) => ({ text: `${i}` }));
    expect(divideInputs(model, many, settings).heldOut).toHaveLength(64);
  });

  it('are held out source by source: no view of a picture is fitted on where another is held out', () => {
    const sources = inputs.map((_, at) => Math.floor(at / 3));
    const { heldOut, training } = divideInputs(model, inputs, {
      ...settings,
      heldOut: 0.3,
      sources,
    });
    const apart = new Set(heldOut.map((number) => sources[number]));
    expect(apart.size).toBe(3);
    expect(heldOut).toHaveLength(9);
    expect(training.some((number) => apart.has(sources[number]))).toBe(false);
    expect(() => divideInputs(model, inputs, { ...settings, sources: [1] })).toThrow(
      /1 sources for 30/,
    );
    const one = inputs.map(() => 'all');
    expect(divideInputs(model, inputs, { ...settings, sources: one })).toMatchObject({
      heldOut: divided.heldOut,
      training: divided.training,
    });
  });

  it('have a hash that says what they are and in which order', async () => {
    const [image] = inputs;
    if (!image) throw new Error('no digit');
    const { data } = image.image;
    const sets = [
      inputs,
      [...inputs].reverse(),
      inputs.slice(1),
      [image],
      [{ image: { ...image.image, width: 14, height: 56 } }],
      [{ image: { ...image.image, data: data.map((x, at) => (at === 9 ? x + 1 : x)) } }],
      [{ text: 'ab' }, { text: 'c' }],
      [{ text: 'a' }, { text: 'bc' }],
      [{ text: 'abc' }],
    ];
    const hashes = await Promise.all(sets.map(hashInputs));
    expect(new Set(hashes).size).toBe(sets.length);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashInputs([...inputs])).toBe(hashes[0]);
  });

  it('fill pools of at most so many bytes, in order, none left out', () => {
    const own = storedBytes(model, 50);
    expect(dividePools(model, divided)).toEqual([divided.training]);
    const pools = dividePools(model, divided, 10.5 * own);
    expect(pools.map(({ length }) => length)).toEqual([10, 10, 7]);
    expect(pools.flat()).toEqual(divided.training);
    // One input larger than the room still has a pool of its own.
    expect(dividePools(model, divided, own / 2)).toHaveLength(27);
  });

  it('are the same whichever pool was held before, and taken once while one is held', async () => {
    const few = { ...divided, training: divided.training.slice(0, 6) };
    let prepared = 0;
    const counting = {
      ...few,
      prepare: (number: number) => {
        prepared++;
        return few.prepare(number);
      },
    };
    const pools = dividePools(model, few, 2.5 * storedBytes(model, 50));
    expect(pools).toHaveLength(3);
    await takeTurn(model.kernels, async () => {
      const holder = createPoolHolder(model, counting, pools, { outputs: true });
      const mark = model.kernels.arena.mark();
      const first = await holder.hold(1);
      expect(first.map(({ number }) => number)).toEqual(pools[1]);
      expect(await holder.hold(1)).toBe(first);
      expect(prepared).toBe(2);
      await holder.hold(0);
      await holder.hold(2);
      expect(await holder.hold(1)).toEqual(first);
      expect(prepared).toBe(8);
      expect(model.kernels.arena.mark()).toBe(mark);
    });
  });

  it('give heads the balanced queries, keys and gains that the transformer gives them', async () => {
    const { kernels } = model;
    const mark = kernels.arena.mark();
    const fits = await placeAll(model);
    const numbers = [3, 8];
    const chosen = numbers.map((number) => inputs[number] ?? fail());
    const references = await run(model, chosen, { trace: 'all' });
    await takeTurn(kernels, async () => {
      const maps = placeMaps(kernels, fits);
      const holder = createPoolHolder(model, divided, [numbers], { outputs: false });
      const read = readBatch(model, fits, maps, await holder.hold(0));
      fits.forEach(({ statistics, balance, place }, at) => {
        numbers.forEach((_number, item) => {
          const tokens = read[at]?.[item] ?? fail();
          const trace = references[item]?.heads[4 * place.layer + place.head] ?? fail();
          expect(tokens.rows).toBe(50);
          const { queryMean, keyMean } = statistics;
          // Truth: L (q − a), L^−ᵀ (k − b) and a·k, queries and keys divided by d^¼ = 2.
          const half = (x: ArrayLike<number>, t: number) => rowOf(x, t, 16).map((v) => v / 2);
          const balanced = (x: ArrayLike<number>, means: Float64Array, map: Float64Array) =>
            Array.from({ length: 50 }, (_, t) => {
              const off = half(x, t).map((v, i) => v - (means[i] as number));
              return off.map((_unused, i) => dot(rowOf(map, i, 16), off));
            }).flat();
          const truths = [
            [tokens.queries, balanced(trace.queries, queryMean, balance.queryMap)],
            [tokens.keys, balanced(trace.keys, keyMean, balance.keyMap)],
            [tokens.gains, rows(50, (t) => dot(queryMean, half(trace.keys, t)))],
          ] as const;
          for (const [pointer, truth] of truths) {
            const own = kernels.arena.viewFloats(pointer, truth.length);
            // The stream is kept in 16 bits, which leaves 2⁻¹⁶ of a token's largest value.
            const size = truth.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
            expect(largestDifference(own, truth)).toBeLessThan(1e-3 * size);
          }
        });
      });
    });
    kernels.arena.release(mark);
  });
});

const rows = (count: number, value: (t: number) => number): number[] =>
  Array.from({ length: count }, (_, t) => value(t));

function fail(): never {
  throw new Error('a head or an input is missing');
}
