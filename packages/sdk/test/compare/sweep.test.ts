import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/compare/compare.js';
import { sweepNeurons } from '../../src/compare/sweep.js';
import type { Picture } from '../../src/image/picture.js';
import { loadModel } from '../../src/transformer/model.js';
import { readTestDigits } from '../fixtures/reference.js';

describe('sweepNeurons', { timeout: 60_000 }, async () => {
  const model = await loadModel(vitDigits);
  const input = { image: readTestDigits()[11] as Picture };

  it('gives for each kind, number and seed what compare gives', async () => {
    const told: number[] = [];
    const points = await sweepNeurons(model, input, {
      kinds: ['performer', 'matched'],
      neurons: [8, 32],
      seeds: [4, 1],
      onProgress: (fraction) => told.push(fraction),
    });
    expect(points.map(({ kind, neurons, seed }) => [kind, neurons, seed])).toEqual([
      ['performer', 8, 4],
      ['performer', 8, 1],
      ['performer', 32, 4],
      ['performer', 32, 1],
      ['matched', 8, 4],
      ['matched', 8, 1],
      ['matched', 32, 4],
      ['matched', 32, 1],
    ]);
    expect(told).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((done) => done / 8));
    for (const { kind, neurons, seed, output, headOutputError } of points) {
      const comparison = await compare(model, input, { hidden: { kind, neurons }, seed });
      expect(output).toEqual(comparison.output);
      const errors = comparison.heads.map((head) => head.outputError).sort((a, b) => a - b);
      expect(headOutputError).toBe(((errors[7] as number) + (errors[8] as number)) / 2);
    }
  });

  it('draws weights and replaces heads as it is told', async () => {
    const [point] = await sweepNeurons(model, input, {
      kinds: ['performer'],
      neurons: [16],
      seeds: [3],
      sampling: 'sobol',
      swap: '0,2.1',
    });
    const hidden = { kind: 'performer', neurons: 16, sampling: 'sobol' } as const;
    const { output } = await compare(model, input, { hidden, seed: 3, swap: '0,2.1' });
    expect(point?.output).toEqual(output);
    const plain = await compare(model, input, { hidden: { ...hidden, sampling: 'iid' }, seed: 3 });
    expect(point?.output).not.toEqual(plain.output);
  });

  it('refuses what compare refuses', async () => {
    const some = { kinds: ['performer'], neurons: [8], seeds: [1] };
    await expect(
      sweepNeurons(model, input, { ...some, kinds: ['performe'] }),
    ).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(
        'hidden kind "performe" is unknown; did you mean performer?',
      ),
    });
    await expect(sweepNeurons(model, input, { ...some, neurons: [8, 0] })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'neurons is 0; a whole number from 1 to 1000000 is allowed',
    });
    await expect(sweepNeurons(model, input, { ...some, seeds: [-1] })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    const signal = AbortSignal.abort();
    await expect(sweepNeurons(model, input, { ...some, signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  it('gives nothing for nothing', async () => {
    expect(await sweepNeurons(model, input, { kinds: [], neurons: [8], seeds: [1] })).toEqual([]);
  });
});
