import useLite from '@tripartite/model-use-lite';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/transformer/model.js';
import type { EmbeddingResult } from '../../src/transformer/results.js';
import { run } from '../../src/transformer/run.js';
import { readArrays, readTexts } from '../fixtures/reference.js';
import { withBits } from './bits.js';
import { largestDifference, largestValue } from './differences.js';

describe('USE-lite', { timeout: 60_000 }, async () => {
  const model = await loadModel(useLite);
  const texts = readTexts();
  const embed = async (text: string) => (await run(model, { text })) as EmbeddingResult;

  it('describes itself', () => {
    expect(model).toMatchObject({ name: 'use-lite', type: 'use_lite', modality: 'text' });
    expect(model.tokenLimit).toBe(128);
    expect(model.layers).toEqual([
      { stack: 'encoder', heads: 4, headWidth: 64 },
      { stack: 'encoder', heads: 4, headWidth: 128 },
    ]);
    expect(model.labels).toBeUndefined();
  });

  it.each(texts.map(({ text, ...rest }) => [text.slice(0, 30), { text, ...rest }] as const))(
    'reads "%s…" as the reference does',
    async (_, { text, ids, emb }) => {
      expect(model.tokenizer?.encode(text).ids).toEqual(ids);
      const { embedding, tokens, tokensBeforeCut, pieces } = await embed(text);
      expect(largestDifference(embedding, emb)).toBeLessThanOrEqual(1e-5);
      expect(tokens).toBe(Math.min(ids.length, 128));
      expect(tokensBeforeCut).toBe(ids.length);
      expect(pieces).toHaveLength(tokens);
    },
  );

  it('has the queries, keys, values, outputs and normalisers of the reference in every head', async () => {
    const reference = readArrays('use-lite-trace.npz');
    const ids = reference('ids').data;
    const text = texts.find((t) => t.ids.join() === Array.from(ids).join())?.text as string;
    const { heads } = await run(model, { text }, { trace: 'all' });
    expect(heads).toHaveLength(8);
    for (const { layer, head, width, ...trace } of heads) {
      const expected = (name: string) => reference(`l${layer}h${head}_${name}`).data;
      const scaled = (values: Float32Array) => Array.from(values, (x) => x / width ** 0.25);
      const pairs = [
        [scaled(trace.queries), expected('q')],
        [scaled(trace.keys), expected('k')],
        [trace.values, expected('v')],
        [trace.output, expected('attn_out')],
      ] as const;
      for (const [own, truth] of pairs) {
        expect(largestDifference(own, truth) / largestValue(truth)).toBeLessThanOrEqual(1e-4);
      }
      const normaliser = expected('astro');
      trace.normaliser.forEach((sum, t) => {
        const truth = normaliser[t] as number;
        expect(Math.abs(sum / truth - 1)).toBeLessThanOrEqual(1e-4);
        expect(trace.logNormaliser[t]).toBeCloseTo(Math.log(truth), 4);
      });
    }
  });

  it('records the heads that are asked for', async () => {
    const { heads } = await run(model, { text: 'A glial cell.' }, { trace: '0.2,1' });
    expect(heads.map(({ layer, head }) => `${layer}.${head}`)).toEqual([
      '0.2',
      '1.0',
      '1.1',
      '1.2',
      '1.3',
    ]);
    expect((await run(model, { text: 'A glial cell.' })).heads).toEqual([]);
  });

  it('cuts a text above 128 tokens and gives what the first 128 give', async () => {
    const long = 'the cell '.repeat(100);
    const longer = `${long}and more that is not read`;
    const [first, second] = [await embed(long), await embed(longer)];
    expect(first.tokens).toBe(128);
    expect(second.tokensBeforeCut).toBeGreaterThan(first.tokensBeforeCut);
    expect(second.embedding).toEqual(first.embedding);
  });

  it('gives single runs bit for bit when texts of different lengths run together', async () => {
    const inputs = [texts[0], texts[9], texts[2], texts[5]].map((t) => ({ text: t?.text ?? '' }));
    const together = await run(model, inputs, { trace: '1.3' });
    for (const [i, input] of inputs.entries()) {
      const alone = await run(model, input, { trace: '1.3' });
      expect(withBits(together[i])).toEqual(withBits(alone));
    }
  });

  it('gives the same bits again', async () => {
    const text = texts[6]?.text as string;
    expect(await embed(text)).toEqual(await embed(text));
  });

  it('gives embeddings of unit length that lie closer for sentences of like meaning', async () => {
    const [a, b, c] = await Promise.all(
      ['The cat sleeps on the sofa.', 'A cat is asleep on the couch.', 'Stocks fell again.'].map(
        async (text) => (await embed(text)).embedding,
      ),
    );
    const dot = (x: ArrayLike<number> = [], y: ArrayLike<number> = []) =>
      Array.from(x).reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
    expect(dot(a, a)).toBeCloseTo(1, 5);
    expect(dot(a, b)).toBeGreaterThan(dot(a, c) + 0.2);
  });
});
