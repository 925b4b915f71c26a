import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../../src/image/picture.js';
import { loadModel } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { readTestDigits } from '../fixtures/reference.js';

describe('run', async () => {
  const text = await loadModel(useLite);
  const image = await loadModel(vitDigits);
  const digit = { image: readTestDigits()[3] as Picture };

  it.each(['', '  \n\t '])('refuses the empty text %j', async (empty) => {
    await expect(run(text, { text: empty })).rejects.toMatchObject({
      code: 'BAD_TEXT',
      message: 'text is empty; words are needed',
    });
  });

  it('refuses a text for a model that reads pictures, and the reverse', async () => {
    await expect(run(image, { text: 'seven' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'vit-digits reads pictures, but a text came',
    });
    await expect(run(text, digit)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'use-lite reads texts, but a picture came',
    });
  });

  it('refuses an input that is neither', async () => {
    await expect(run(text, {} as never)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('refuses a picture whose data does not fit its size', async () => {
    const broken = { width: 28, height: 28, channels: 1, data: new Uint8Array(700) } as const;
    await expect(run(image, { image: broken })).rejects.toMatchObject({ code: 'BAD_IMAGE' });
  });

  it.each(['2', '0.4', '0.1,7', 'first', '-1', '0.', '', '1.5.2'])(
    'refuses to trace heads "%s"',
    async (trace) => {
      await expect(run(text, { text: 'cell' }, { trace })).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringContaining(
          'is out of range; all, none, LAYER (0 to 1) or LAYER.HEAD',
        ),
      });
    },
  );

  it('traces scores whose exponentials add up to the normaliser', async () => {
    const { heads } = await run(text, { text: 'An astrocyte listens.' }, { trace: '1.2' });
    const [head] = heads;
    if (!head) throw new Error('no head');
    const { tokens, scores, queries, keys, width, normaliser } = head;
    for (let t = 0; t < tokens; t++) {
      let sum = 0;
      for (let s = 0; s < tokens; s++) {
        let product = 0;
        for (let i = 0; i < width; i++) {
          product += (queries[t * width + i] as number) * (keys[s * width + i] as number);
        }
        const exact = product / Math.sqrt(width);
        expect(Math.abs((scores[t * tokens + s] as number) - exact)).toBeLessThan(1e-4);
        sum += Math.exp(exact);
      }
      expect(Math.abs((normaliser[t] as number) / sum - 1)).toBeLessThan(1e-4);
    }
  });

  it('stops when its signal has fired', async () => {
    const signal = AbortSignal.abort();
    await expect(run(text, { text: 'cell' }, { signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  it('gives an empty list for an empty list', async () => {
    expect(await run(text, [])).toEqual([]);
  });

  it('gives memory back: many runs need no more than one', async () => {
    const before = text.kernels.arena.mark();
    for (let i = 0; i < 20; i++) await run(text, { text: 'An astrocyte answers.' });
    expect(text.kernels.arena.mark()).toBe(before);
  });
});
