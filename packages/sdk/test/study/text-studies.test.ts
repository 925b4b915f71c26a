import useLite from '@tripartite/model-use-lite';
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/compare/compare.js';
import type { Comparison } from '../../src/compare/comparison.js';
import { hiddenSource } from '../../src/hidden/create.js';
import { mean, median } from '../../src/numeric/statistics.js';
import { studyFidelity } from '../../src/study/fidelity.js';
import { studyHeads } from '../../src/study/heads.js';
import { responseText, studyResponse } from '../../src/study/response.js';
import type { StudyRow } from '../../src/study/study.js';
import { studyUnlike } from '../../src/study/unlike.js';
import { loadModel } from '../../src/transformer/model.js';
import { readTexts } from '../fixtures/reference.js';
import { fitDraw } from './fitted-draw.js';

const model = await loadModel(useLite);
const texts = readTexts().map(({ text }) => ({ text }));
const long = texts.slice(-3);

function rowOf(rows: readonly StudyRow[], labels: StudyRow['labels'], table = ''): StudyRow {
  const found = rows.find(
    (row) =>
      row.table === table &&
      Object.entries(labels).every(([key, value]) => row.labels[key] === value),
  );
  if (!found) throw new Error(`no row of ${JSON.stringify(labels)}`);
  return found;
}

const cosineOf = ({ output }: Comparison): number =>
  output.type === 'embedding' ? output.cosine : Number.NaN;

describe('study fidelity', () => {
  it('gives what compare gives, as a whole and head by head', async () => {
    const { rows } = await studyFidelity(model, long, { quick: true });
    const hidden = { kind: 'matched', neurons: 256 };
    const comparisons = await Promise.all(long.map((text) => compare(model, text, { hidden })));
    const cosines = comparisons.map(cosineOf);
    const { values, expected } = rowOf(rows, { hidden: 'matched, orthogonal', neurons: 256 });
    expect(values.cosine?.value).toBeCloseTo(mean(cosines), 12);
    expect(values.cosine).toMatchObject({ inputs: 3, draws: 1 });
    expect(values.worst?.value).toBe(Math.min(...cosines));
    expect(expected).toMatchObject({ of: 'cosine', value: 0.71 });
    const errors: number[] = [];
    for (const [at, { layer, head }] of (comparisons[0] as Comparison).heads.entries()) {
      const own = comparisons.map(({ heads }) => heads[at]);
      const found = rowOf(
        rows,
        { hidden: 'matched, orthogonal', neurons: 256, head: `${layer}.${head}` },
        'heads',
      ).values;
      const of = (key: 'responseCorrelation' | 'responseError' | 'attentionKl' | 'outputError') =>
        median(own.map((each) => each?.[key] ?? Number.NaN));
      expect(found.responseCorrelation?.value).toBe(of('responseCorrelation'));
      expect(found.responseError?.value).toBe(of('responseError'));
      expect(found.attentionKl?.value).toBe(of('attentionKl'));
      expect(found.outputError?.value).toBe(of('outputError'));
      errors.push(of('responseError'));
    }
    expect(values.responseErrorMedian?.value).toBe(median(errors));
  });

  it('measures fitted layers too, which draw nothing', async () => {
    const source = hiddenSource({ kind: 'performer', neurons: 256 });
    const fitted = [await fitDraw(model, source, 256)];
    const { rows, charts } = await studyFidelity(model, long, { quick: true, seeds: 2, fitted });
    const learned = rowOf(rows, { hidden: 'learned', neurons: 256 });
    expect(learned.values.cosine?.draws).toBe(1);
    expect(learned.values.correlationWorst).toBeDefined();
    expect(learned.expected?.verdict).toBe('differs');
    // The layer is performer's first draw.
    const hidden = { kind: 'performer', neurons: 256 };
    const cosines = await Promise.all(
      long.map(async (text) => cosineOf(await compare(model, text, { hidden }))),
    );
    expect(learned.values.cosine?.value).toBeCloseTo(mean(cosines), 12);
    expect(charts[0]).toMatchObject({
      type: 'curve',
      points: expect.arrayContaining([expect.objectContaining({ series: 'learned', x: 256 })]),
    });
  });

  it('takes over what is known, and tells of every unit', async () => {
    const units = new Map<string, readonly StudyRow[]>();
    const first = await studyFidelity(model, long, {
      quick: true,
      onUnit: (id, rows) => void units.set(id, rows),
    });
    // What is kept is what was measured; verdicts come anew.
    const plain = first.rows.map(({ expected: _, ...row }) => row);
    expect([...units.values()].flat()).toEqual(plain);
    expect(plain).not.toEqual(first.rows);
    const again = await studyFidelity(model, long, {
      quick: true,
      known: (id) => units.get(id),
      onUnit: () => expect.fail('nothing is measured again'),
    });
    expect(again.rows).toEqual(first.rows);
    const more = await studyFidelity(model, long, {
      quick: true,
      seeds: 2,
      known: (id) => units.get(id),
    });
    const { values } = rowOf(more.rows, { hidden: 'performer, iid' });
    expect(values.cosine?.draws).toBe(2);
  });

  it('stops at a signal', async () => {
    const signal = AbortSignal.abort();
    await expect(studyFidelity(model, long, { quick: true, signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe('study unlike', () => {
  it('takes means by kind, and cuts the paragraphs that are long enough', async () => {
    const kinds = [
      { kind: 'short', text: 'Whales like squid.' },
      { kind: 'code', text: 'for (let i = 0; i < 10; i++) print(i);' },
      { kind: 'short', text: 'A red door.' },
    ];
    const { rows } = await studyUnlike(model, { kinds, paragraphs: texts }, { quick: true });
    const hidden = { kind: 'matched', neurons: 256 };
    const [first, code, last] = await Promise.all(
      kinds.map(async ({ text }) => compare(model, { text }, { hidden })),
    );
    const short = rowOf(rows, { text: 'short' }).values;
    const own = [first, last].map((comparison) => cosineOf(comparison as Comparison));
    expect(short.cosine?.value).toBeCloseTo(mean(own), 12);
    expect(short.worst?.value).toBe(Math.min(...own));
    expect(short.tokens?.value).toBe(((first?.tokens ?? 0) + (last?.tokens ?? 0)) / 2);
    expect(rowOf(rows, { text: 'code' }).values.cosine?.value).toBe(cosineOf(code as Comparison));
    const lengths = rows.filter(({ table }) => table === 'lengths');
    expect(lengths.map(({ labels }) => labels.length)).toEqual([4, 8, 16, 32, 64, 128]);
    // The longest cut is the model's own.
    const whole = await Promise.all(texts.map((text) => compare(model, text, { hidden })));
    const longEnough = whole.filter(({ tokens }) => tokens === 128).slice(0, 2);
    expect(longEnough).toHaveLength(2);
    expect(rowOf(rows, { length: 128 }, 'lengths').values.cosine?.value).toBeCloseTo(
      mean(longEnough.map(cosineOf)),
      12,
    );
    const cosines = new Set(lengths.map(({ values }) => values.cosine?.value));
    expect(cosines.size).toBe(6);
  });
});

describe('study heads', () => {
  it('gives what compare gives with heads swapped one by one', async () => {
    const pair = long.slice(0, 2);
    const { rows } = await studyHeads(model, pair, { quick: true });
    const hidden = { kind: 'matched', neurons: 256 };
    const costOf = async (swap: string) =>
      mean(
        await Promise.all(
          pair.map(async (text) => 1 - cosineOf(await compare(model, text, { hidden, swap }))),
        ),
      );
    const all = await costOf('all');
    expect(rowOf(rows, { head: 'all' }).values.alone?.value).toBeCloseTo(all, 12);
    expect(rows).toHaveLength(9);
    const { alone, spared } = rowOf(rows, { head: '1.2' }).values;
    expect(alone?.value).toBeCloseTo(await costOf('1.2'), 12);
    expect(spared?.value).toBeCloseTo(all - (await costOf('0,1.0,1.1,1.3')), 12);
  });
});

describe('study response', () => {
  it('gives the head’s measures of compare, and every token', async () => {
    const { rows, charts } = await studyResponse(model, undefined, {
      quick: true,
      heads: ['1.0', '0.3'],
    });
    const hidden = { kind: 'performer', neurons: 1000 };
    const { heads, tokens } = await compare(model, { text: responseText }, { hidden });
    for (const place of ['1.0', '0.3']) {
      const head = heads.find(({ layer, head: own }) => `${layer}.${own}` === place);
      const { values } = rowOf(rows, { head: place, hidden: 'performer, iid', neurons: 1000 });
      expect(values.correlation?.value).toBe(head?.responseCorrelation);
      expect(values.logCorrelation?.value).toBe(head?.logResponseCorrelation);
      expect(values.error?.value).toBe(head?.responseError);
    }
    const ofTokens = rows.filter(({ table }) => table === 'tokens');
    expect(ofTokens.filter(({ labels }) => labels.hidden === 'performer, iid')).toHaveLength(
      tokens,
    );
    expect(new Set(ofTokens.map(({ labels }) => labels.head))).toEqual(new Set(['1.0']));
    expect(charts.map(({ name, type }) => [name, type])).toEqual([
      ['response-performer-iid-1000', 'response'],
      ['response-matched-orthogonal-1000', 'response'],
    ]);
  });

  it('has an interval over draws', async () => {
    const { rows } = await studyResponse(model, undefined, {
      quick: true,
      seeds: 3,
      heads: ['1.3'],
    });
    const { values } = rowOf(rows, { hidden: 'matched, orthogonal' });
    expect(values.logCorrelation).toMatchObject({ inputs: 1, draws: 3 });
    expect(values.logCorrelation?.interval).toBeDefined();
  });

  it('refuses heads that the model lacks, and whole layers', async () => {
    for (const heads of [['7.0'], ['1']]) {
      await expect(studyResponse(model, undefined, { heads })).rejects.toMatchObject({
        code: 'BAD_INPUT',
      });
    }
  });
});
