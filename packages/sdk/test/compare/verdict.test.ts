import { verdictBands as bands, verdict } from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import { fakeEmbedding, fakeLabel, fakePainting } from '../figure/fake-comparison.js';

const text = fakeEmbedding();
const digit = fakeLabel();
const photograph = fakePainting();

const embedding = (cosine: number) =>
  verdict([{ ...text, output: { type: 'embedding', cosine, relativeError: 0 } }]);
const label = (agreement: number, logitError: number, twinLabel = '7') =>
  verdict([
    {
      ...digit,
      output: { type: 'label', label: '7', twinLabel, agreement, logitError, logitDifference: 1 },
    },
  ]);
const painting = (loss: number) =>
  verdict([
    {
      ...photograph,
      output: { type: 'picture', psnr: 20, psnrTwin: 20 - loss, agreement: 30, loss },
    },
  ]);

describe('verdict', () => {
  it('is one sentence with the number, the neurons and the words', () => {
    expect(verdict([text])).toBe(
      'With 64 hidden neurons per head (matched), the neuron–astrocyte twin gives an embedding of cosine 0.71 with the transformer’s: a rough likeness, not a replacement.',
    );
  });

  it('takes each band from its limit on, and not below', () => {
    for (const [i, { limit, words }] of bands.cosine.entries()) {
      if (!Number.isFinite(limit)) continue;
      expect(embedding(limit)).toContain(words);
      expect(embedding(limit - 0.001)).toContain(bands.cosine[i + 1]?.words);
    }
    for (const [i, { limit, words }] of bands.loss.entries()) {
      if (!Number.isFinite(limit)) continue;
      expect(painting(limit)).toContain(words);
      expect(painting(limit + 0.001)).toContain(bands.loss[i + 1]?.words);
    }
    for (const [i, { limit, words }] of bands.scores.entries()) {
      if (!Number.isFinite(limit)) continue;
      expect(label(1, limit)).toContain(words);
      expect(label(1, limit + 0.001)).toContain(bands.scores[i + 1]?.words);
    }
  });

  it('gets no kinder as numbers get worse', () => {
    const order = (words: readonly { words: string }[], sentences: string[]) =>
      sentences.map((sentence) => words.findIndex((band) => sentence.includes(band.words)));
    const cosines = order(bands.cosine, [1, 0.97, 0.9, 0.7, 0.4, 0, -1].map(embedding));
    const losses = order(bands.loss, [-0.4, 0, 0.5, 1.5, 4].map(painting));
    expect(cosines).toEqual([0, 1, 2, 3, 4, 5, 5]);
    expect(losses).toEqual([0, 0, 1, 2, 3]);
  });

  it('calls a wrong label a failure, whatever the scores', () => {
    const sentence = label(0, 0.01, '1');
    expect(sentence).toContain('says “1” where the transformer says “7”');
    expect(sentence).toContain('fails');
  });

  it('gives a rate where draws disagree', () => {
    expect(label(0.8, 0.2)).toContain('in 80 % of cases: not a replacement');
  });

  it('says when the twin’s painting is the better one', () => {
    expect(painting(-0.3)).toContain('0.30 dB above');
  });

  it('names the part that was replaced, the draws, and means over inputs', () => {
    const heads = text.heads.map((head, i) => ({ ...head, swapped: i < 3 }));
    expect(verdict([{ ...text, heads }])).toContain('in 3 of its 8 heads');
    expect(verdict([{ ...text, seeds: [1, 2, 3, 4, 5] }])).toContain('mean of 5 draws');
    const other = {
      ...text,
      output: { type: 'embedding', cosine: 0.91, relativeError: 0 },
    } as const;
    expect(verdict([text, other])).toContain('over 2 inputs');
    expect(verdict([text, other])).toContain('mean cosine 0.81');
  });

  it('speaks of every model once, in one sentence', () => {
    const sentence = verdict([text, photograph, digit]);
    for (const model of ['use-lite', 'photo-mae', 'vit-digits']) {
      expect(sentence.split(model)).toHaveLength(2);
    }
    expect(sentence).toMatch(/^With 64 [^.]*(?:\.\d[^.]*)*\.$/);
  });
});
