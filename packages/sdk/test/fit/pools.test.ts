import type { Pointer } from '@tripartite/kernels';
import { afterAll, describe, expect, it } from 'vitest';
import { placeHeadFit } from '../../src/fit/head-fit.js';
import { divideInputs, hashInputs } from '../../src/fit/inputs.js';
import { createPoolHolder, dividePools } from '../../src/fit/pools.js';
import { type PooledInput, placeMaps, pooledBytes } from '../../src/fit/token-pool.js';
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

  it('fill pools of at most so many bytes, in order, none left out', async () => {
    const mark = model.kernels.arena.mark();
    const fits = await placeAll(model);
    const own = pooledBytes(fits, 50);
    expect(dividePools(fits, divided, model.tokenLimit)).toEqual([divided.training]);
    const pools = dividePools(fits, divided, model.tokenLimit, 10.5 * own);
    expect(pools.map(({ length }) => length)).toEqual([10, 10, 7]);
    expect(pools.flat()).toEqual(divided.training);
    // One input larger than the room still has a pool of its own.
    expect(dividePools(fits, divided, model.tokenLimit, own / 2)).toHaveLength(27);
    model.kernels.arena.release(mark);
  });

  it('give the same tokens whichever pool was held before, in no more memory than one takes', async () => {
    const { arena } = model.kernels;
    const mark = arena.mark();
    const fits = await placeAll(model);
    const limit = 4.5 * pooledBytes(fits, 50);
    const few = { ...divided, training: divided.training.slice(0, 12) };
    const pools = dividePools(fits, few, model.tokenLimit, limit);
    expect(pools).toHaveLength(3);
    const [number = 0] = pools[1] ?? [];
    const reference = await run(model, inputs[number] ?? { text: '' }, { trace: 'all' });
    await takeTurn(model.kernels, async () => {
      const maps = placeMaps(model.kernels, fits);
      const holder = createPoolHolder(model, fits, maps, few, pools, {});
      const copy = (held: readonly PooledInput[]) =>
        held.map(({ heads, output }) => [
          output.slice(),
          heads.map(({ rows, queries, keys, gains }) => [
            arena.viewFloats(queries, rows * 16).slice(),
            arena.viewFloats(keys, rows * 16).slice(),
            arena.viewFloats(gains, rows).slice(),
          ]),
        ]);
      const free = arena.mark();
      const first = await holder.hold(1);
      const used = arena.mark();
      expect(first.map((input) => input.number)).toEqual(pools[1]);
      const kept = copy(first);
      await holder.hold(0);
      await holder.hold(2);
      const again = await holder.hold(1);
      expect(copy(again)).toEqual(kept);
      expect(await holder.hold(1)).toBe(again);
      expect(arena.mark()).toEqual(used);
      expect(used).toBeGreaterThan(free);
      // Truth: L (q − a), L^−ᵀ (k − b) and a·k of the traced head.
      fits.forEach(({ statistics, balance, place }, at) => {
        const tokens = first[0]?.heads[at];
        const trace = reference.heads[4 * place.layer + place.head];
        if (!tokens || !trace) throw new Error('no tokens');
        const { queryMean, keyMean } = statistics;
        const balanced = (x: ArrayLike<number>, means: Float64Array, map: Float64Array) =>
          Array.from({ length: 50 }, (_, t) => {
            const off = rowOf(x, t, 16).map((v, i) => v / 2 - (means[i] as number));
            return off.map((_unused, i) => dot(rowOf(map, i, 16), off));
          }).flat();
        const queries = balanced(trace.queries, queryMean, balance.queryMap);
        const keys = balanced(trace.keys, keyMean, balance.keyMap);
        const gains = Array.from({ length: 50 }, (_, t) =>
          dot(
            queryMean,
            rowOf(trace.keys, t, 16).map((v) => v / 2),
          ),
        );
        const view = (pointer: Pointer, count: number) => arena.viewFloats(pointer, count);
        expect(largestDifference(view(tokens.queries, 800), queries)).toBeLessThan(1e-4);
        expect(largestDifference(view(tokens.keys, 800), keys)).toBeLessThan(1e-4);
        expect(largestDifference(view(tokens.gains, 50), gains)).toBeLessThan(1e-4);
      });
    });
    arena.release(mark);
  });
});
