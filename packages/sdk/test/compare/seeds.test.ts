import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../src/compare/average.js';
import { compare, compareInDetail } from '../../src/compare/compare.js';
import type { Comparison, LabelOutput } from '../../src/compare/comparison.js';
import type { Picture } from '../../src/image/picture.js';
import { loadModel } from '../../src/transformer/model.js';
import { readTestDigits } from '../fixtures/reference.js';
import { withBits } from '../transformer/bits.js';

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const hidden = { kind: 'performer', neurons: 16 };
const measures = [
  'outputError',
  'centredOutputError',
  'responseCorrelation',
  'logResponseCorrelation',
  'responseError',
  'attentionKl',
] as const;

describe('several seeds and inputs', { timeout: 60_000 }, async () => {
  const model = await loadModel(vitDigits);
  const digits = readTestDigits().slice(0, 3);
  const input = { image: digits[1] as Picture };
  const alone = await Promise.all([5, 6, 7].map((seed) => compare(model, input, { hidden, seed })));
  const outputs = alone.map(({ output }) => output as LabelOutput);
  const together = await compare(model, input, { hidden, seed: 5, seeds: 3 });

  it('give the outputs of separate runs, in order', () => {
    expect(together.seeds).toEqual([5, 6, 7]);
    expect(together.seed).toBe(5);
    expect(together.runs).toEqual(outputs);
    expect(alone[0]?.runs).toBeUndefined();
    expect(alone[0]?.spread).toBeUndefined();
  });

  it('give their mean and standard deviation', () => {
    const output = together.output as LabelOutput;
    for (const key of ['agreement', 'logitError', 'logitDifference'] as const) {
      const values = outputs.map((one) => one[key]);
      const squares = values.map((value) => (value - mean(values)) ** 2);
      expect(output[key]).toBeCloseTo(mean(values), 12);
      expect(together.spread?.[key]).toBeCloseTo(Math.sqrt((mean(squares) * 3) / 2), 12);
    }
    expect(Object.keys(together.spread ?? {}).sort()).toEqual([
      'agreement',
      'logitDifference',
      'logitError',
    ]);
    expect(output.label).toBe(outputs[0]?.label);
  });

  it('give the means of every head’s measures and of the drift', () => {
    together.heads.forEach((head, at) => {
      for (const key of measures) {
        const values = alone.map(({ heads }) => heads[at]?.[key] as number);
        expect(head[key]).toBeCloseTo(mean(values), 12);
      }
    });
    together.drift.forEach(({ relative }, at) => {
      const values = alone.map(({ drift }) => drift[at]?.relative as number);
      expect(relative).toBeCloseTo(mean(values), 12);
    });
  });

  it('keep details of the first seed only', async () => {
    const { details } = await compareInDetail(model, input, { hidden, seed: 5, seeds: 2 });
    const first = await compareInDetail(model, input, { hidden, seed: 5 });
    expect(withBits(details)).toEqual(withBits(first.details));
  });

  it('are summed up over inputs', async () => {
    const items: Comparison[] = [];
    for (const image of digits) items.push(await compare(model, { image }, { hidden }));
    const summary = summarise(items);
    expect(summary.items).toBe(3);
    for (const key of ['agreement', 'logitError', 'logitDifference'] as const) {
      const values = items.map(({ output }) => (output as LabelOutput)[key]);
      expect(summary.output[key]).toBeCloseTo(mean(values), 12);
    }
    expect(Object.keys(summary.output)).not.toContain('label');
    summary.heads.forEach((head, at) => {
      expect(head).toMatchObject({ layer: Math.floor(at / 4), head: at % 4, swapped: true });
      for (const key of measures) {
        expect(head[key]).toBeCloseTo(mean(items.map((c) => c.heads[at]?.[key] as number)), 12);
      }
    });
    expect(summary.drift).toHaveLength(4);
  });

  it('are summed up with null where one input has no number', () => {
    const broken = alone.map((comparison, i) => ({
      ...comparison,
      heads: comparison.heads.map((head) => ({
        ...head,
        attentionKl: i === 1 ? null : head.attentionKl,
      })),
    }));
    const { heads } = summarise(broken);
    expect(heads.every(({ attentionKl }) => attentionKl === null)).toBe(true);
    expect(heads.every(({ responseCorrelation }) => responseCorrelation !== null)).toBe(true);
  });

  it('are summed up as nothing where there are none', () => {
    expect(summarise([])).toEqual({ items: 0, output: {}, heads: [], drift: [] });
  });
});
