import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { type CompareOptions, compare } from '../../src/compare/compare.js';
import { hiddenKinds } from '../../src/hidden/kinds.js';
import type { Picture } from '../../src/image/picture.js';
import { createGenerator } from '../../src/random/generator.js';
import { loadModel } from '../../src/transformer/model.js';
import { readTestDigits } from '../fixtures/reference.js';

describe('options of compare', { timeout: 60_000 }, async () => {
  const model = await loadModel(vitDigits);
  const input = { image: readTestDigits()[2] as Picture };
  const small = { hidden: { kind: 'performer', neurons: 8 } };

  it.each<[string, CompareOptions, string]>([
    ['an unknown kind', { hidden: { kind: 'match' } }, 'hidden kind "match" is unknown; did you'],
    ['no neurons', { hidden: { neurons: 0 } }, 'neurons is 0; a whole number from 1 to 1000000'],
    ['fewer than none', { hidden: { neurons: -1 } }, 'neurons is -1; a whole number'],
    ['half a neuron', { hidden: { neurons: 1.5 } }, 'neurons is 1.5; a whole number'],
    ['too many neurons', { hidden: { neurons: 1_000_001 } }, 'neurons is 1000001; a whole number'],
    ['neurons that are no number', { hidden: { neurons: Number.NaN } }, 'neurons is NaN; a whole'],
    ['a negative seed', { seed: -1 }, 'seed is -1; a whole number from 0 is allowed'],
    ['a broken seed', { seed: 0.5 }, 'seed is 0.5; a whole number from 0 is allowed'],
    ['no seeds', { seeds: 0 }, 'seeds is 0; 1 to 1000 are allowed'],
    ['too many seeds', { seeds: 1001 }, 'seeds is 1001; 1 to 1000 are allowed'],
    [
      'a layer out of range',
      { swap: '4' },
      'place "4" is out of range; all, none, LAYER (0 to 3) or LAYER.HEAD (heads 0 to 3)',
    ],
    ['a head out of range', { swap: '0,3.4' }, 'place "3.4" is out of range'],
    ['a swap that is no place', { swap: 'every' }, 'place "every" is out of range'],
    ['an empty swap', { swap: '' }, 'place "" is out of range'],
  ])('refuse %s', async (_, options, message) => {
    await expect(compare(model, input, options)).rejects.toMatchObject({
      name: 'TripartiteError',
      code: 'BAD_INPUT',
      message: expect.stringContaining(message),
    });
  });

  it('default to the fitted layer that the model prefers, seed 1, every head', async () => {
    const [preferred] = await model.fittedLayers();
    const { hidden, seed, seeds, swap } = await compare(model, input);
    expect({ seed, seeds, swap }).toEqual({ seed: 1, seeds: [1], swap: 'all' });
    expect(hidden).toMatchObject({ kind: preferred?.kind, neurons: 64 });
  });

  it('default to matched, 256 neurons, where the model brings no fitted layer', async () => {
    const bare = { ...model, fittedLayers: async () => [] };
    const comparison = await compare(bare, input);
    expect(comparison).toMatchObject({
      model: 'vit-digits',
      tokens: 50,
      tokensBeforeCut: 50,
      hidden: { kind: 'matched', neurons: 256, sampling: 'orthogonal' },
      seed: 1,
      seeds: [1],
      swap: 'all',
    });
    const written = { hidden: { kind: 'matched', neurons: 256 }, seed: 1, seeds: 1, swap: 'all' };
    expect(await compare(model, input, written)).toEqual(comparison);
  });

  it('list the swapped heads, and mark them', async () => {
    const { swap, heads } = await compare(model, input, { ...small, swap: '2.1, 0' });
    expect(swap).toEqual(['0.0', '0.1', '0.2', '0.3', '2.1']);
    const marked = heads.filter((head) => head.swapped).map((h) => `${h.layer}.${h.head}`);
    expect(marked).toEqual(swap);
  });

  it('take every kind of hidden neurons and report how its weights were drawn', async () => {
    for (const { name, defaultSampling } of hiddenKinds) {
      const { hidden, heads } = await compare(model, input, { hidden: { kind: name, neurons: 8 } });
      expect(hidden).toEqual({ kind: name, neurons: 8, sampling: defaultSampling });
      expect(heads.every(({ outputError }) => Number.isFinite(outputError))).toBe(true);
    }
  });

  it.each(['iid', 'orthogonal', 'antithetic', 'sobol'] as const)(
    'take %s weights',
    async (sampling) => {
      const { hidden, heads } = await compare(model, input, {
        hidden: { ...small.hidden, sampling },
      });
      expect(hidden.sampling).toBe(sampling);
      const iid = await compare(model, input, small);
      if (sampling === 'iid') expect(heads).toEqual(iid.heads);
      else expect(heads).not.toEqual(iid.heads);
    },
  );

  it('take the user’s own weights, and the same φ as a function', async () => {
    const neurons = 12;
    const generator = createGenerator(8, 'own weights');
    const weights = Float32Array.from({ length: neurons * 16 }, () => generator.normal());
    const byWeights = await compare(model, input, {
      hidden: { kind: 'performer', neurons, weights },
    });
    const features = (x: Float32Array, activity: Float32Array): void => {
      const square = x.reduce((sum, value) => sum + value * value, 0);
      for (let r = 0; r < neurons; r++) {
        const z = x.reduce((sum, value, i) => sum + value * (weights[r * 16 + i] as number), 0);
        activity[r] = Math.exp(z - square / 2) / Math.sqrt(neurons);
      }
    };
    const byFunction = await compare(model, input, {
      hidden: { kind: 'mine', neurons, features },
    });
    expect(byWeights.hidden).toEqual({ kind: 'performer', neurons });
    expect(byFunction.hidden).toEqual({ kind: 'mine', neurons });
    byFunction.heads.forEach((head, at) => {
      const other = byWeights.heads[at];
      expect(head.outputError).toBeCloseTo(other?.outputError as number, 5);
      expect(head.attentionKl).toBeCloseTo(other?.attentionKl as number, 4);
      expect(head.responseError).toBeCloseTo(other?.responseError as number, 4);
    });
    // Own weights leave nothing to the seed.
    const again = await compare(model, input, {
      hidden: { kind: 'performer', neurons, weights },
      seed: 2,
    });
    expect(again.heads).toEqual(byWeights.heads);
  });

  it('refuse weights of another size, also where only some heads are wider', async () => {
    const text = await loadModel(useLite);
    const weights = new Float32Array(4 * 64);
    await expect(
      compare(text, { text: 'cell' }, { hidden: { kind: 'performer', neurons: 4, weights } }),
    ).rejects.toMatchObject({
      code: 'BAD_SHAPE',
      message: 'hidden weights have 256 values; 4 neurons × width 128 need 512',
    });
  });

  it('stop a comparison under way, and give its memory back', async () => {
    const before = model.kernels.arena.mark();
    const controller = new AbortController();
    const told: number[] = [];
    const stopped = compare(model, input, {
      ...small,
      seeds: 50,
      signal: controller.signal,
      onProgress(fraction) {
        told.push(fraction);
        if (told.length === 4) controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(told).toHaveLength(4);
    expect(model.kernels.arena.mark()).toBe(before);
    const { heads } = await compare(model, input, small);
    expect(heads).toHaveLength(16);
  });

  it('tell progress from 0 upwards, below 1 until the end', async () => {
    const told: number[] = [];
    await compare(model, input, {
      ...small,
      seeds: 3,
      onProgress: (fraction) => told.push(fraction),
    });
    expect(told).toHaveLength(4);
    expect(told[0]).toBe(0);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBeLessThan(1);
  });
});
