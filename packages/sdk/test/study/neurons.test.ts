import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import { describe, expect, it } from 'vitest';
import { runHead } from '../../src/compare/head-run.js';
import { hiddenSource } from '../../src/hidden/create.js';
import type { WeightedLayer } from '../../src/hidden/hidden-layer.js';
import { exp, log } from '../../src/numeric/elementary.js';
import { logActivities } from '../../src/study/activity.js';
import { neuronSheet } from '../../src/study/neuron-sheet.js';
import { watchNeurons } from '../../src/study/neuron-watch.js';
import { studyNeurons } from '../../src/study/neurons.js';
import { prepareInput } from '../../src/transformer/inputs.js';
import { loadModel } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { readPhotographs, readTexts } from '../fixtures/reference.js';

const model = await loadModel(useLite);
const texts = readTexts()
  .slice(-3)
  .map(({ text }) => ({ text }));
const neurons = 16;
const source = hiddenSource({ kind: 'matched', neurons }, await model.statistics());

/** φ of every key and query of a head, (tokens, neurons). */
function activitiesOf(layer: WeightedLayer, trace: { keys: Float32Array; queries: Float32Array }) {
  return {
    key: logActivities(layer, 'key', trace.keys),
    query: logActivities(layer, 'query', trace.queries),
  };
}

describe('logarithms of hidden activity', () => {
  it.each(['matched', 'performer'])('give the response of %s astrocytes', async (kind) => {
    const { heads } = await run(model, texts[0] as { text: string }, { trace: '1.2' });
    const [trace] = heads;
    if (!trace) throw new Error('no trace');
    const own = hiddenSource({ kind, neurons }, await model.statistics());
    const layer = own(trace, 3) as WeightedLayer;
    const { response } = runHead(model.kernels, layer, trace);
    const { key, query } = activitiesOf(layer, trace);
    for (let t = 0; t < trace.tokens; t++) {
      // Relative to the response, which may be beyond float64.
      const expected = response.log[t] as number;
      let sum = 0;
      for (let s = 0; s < trace.tokens; s++) {
        for (let r = 0; r < neurons; r++) {
          const both = (query[t * neurons + r] as number) + (key[s * neurons + r] as number);
          sum += exp(both - expected);
        }
      }
      expect(Math.abs(log(sum))).toBeLessThan(1e-3);
    }
  });

  it('refuse neurons that are no exponentials', () => {
    const layer = hiddenSource({ kind: 'relu', neurons })({ layer: 0, head: 0, width: 64 }, 1);
    expect(() => logActivities(layer as WeightedLayer, 'key', new Float32Array(64))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
  });
});

describe('watching neurons', async () => {
  const inputs = texts.map((text) => prepareInput(model, text));
  const heads = await watchNeurons(model, source, inputs, { most: 5 });

  it('sees every head, with shares that add up to the whole', () => {
    expect(heads.map(({ layer, head }) => `${layer}.${head}`)).toEqual([
      '0.0',
      '0.1',
      '0.2',
      '0.3',
      '1.0',
      '1.1',
      '1.2',
      '1.3',
    ]);
    for (const { use } of heads) {
      expect(use).toHaveLength(3);
      for (const shares of use) {
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      }
    }
  });

  it('finds the tokens in whose activity and answer a neuron has the largest share', async () => {
    const traced = await run(model, texts, { trace: '1.1' });
    const seen = heads.find(({ layer, head }) => layer === 1 && head === 1);
    const keyShares: number[][] = [];
    const queryShares: number[][] = [];
    for (const {
      heads: [trace],
    } of traced) {
      if (!trace) throw new Error('no trace');
      const layer = source(trace, 1) as WeightedLayer;
      const { key, query } = activitiesOf(layer, trace);
      const row = (all: Float64Array, t: number) => all.slice(t * neurons, (t + 1) * neurons);
      const tokens = Array.from({ length: trace.tokens }, (_, t) => t);
      const shares = (logs: Float64Array | number[]) => {
        const largest = Math.max(...logs);
        const powers = Array.from(logs, (x) => Math.exp(x - largest));
        const sum = powers.reduce((a, b) => a + b, 0);
        return powers.map((power) => power / sum);
      };
      const traces = Array.from({ length: neurons }, (_, r) => {
        const own = tokens.map((s) => key[s * neurons + r] as number);
        const largest = Math.max(...own);
        return largest + Math.log(own.reduce((sum, x) => sum + Math.exp(x - largest), 0));
      });
      keyShares.push(...tokens.map((t) => shares(row(key, t))));
      queryShares.push(
        ...tokens.map((t) => shares(row(query, t).map((x, r) => x + (traces[r] as number)))),
      );
    }
    for (let r = 0; r < neurons; r++) {
      const best = (all: number[][]) =>
        all
          .map((shares) => shares[r] as number)
          .sort((a, b) => b - a)
          .slice(0, 5);
      const [keys, queries] = [seen?.keys[r] ?? [], seen?.queries[r] ?? []];
      expect(keys).toHaveLength(5);
      for (const [i, share] of best(keyShares).entries()) {
        expect(keys[i]?.strength).toBeCloseTo(share, 9);
      }
      for (const [i, share] of best(queryShares).entries()) {
        expect(queries[i]?.strength).toBeCloseTo(share, 9);
      }
    }
  });
});

describe('study neurons', () => {
  it('names the tokens of the most used neurons, with their neighbours', async () => {
    const { rows, charts } = await studyNeurons(model, texts, { quick: true });
    expect(rows).toHaveLength(24);
    expect(charts).toEqual([]);
    const pieces = new Set(
      texts.flatMap((text) => prepareInput(model, text).pieces?.map(plain) ?? []),
    );
    for (const { labels, values } of rows) {
      expect(labels.hidden).toBe('matched, orthogonal');
      const named = String(labels.keys).split(' · ');
      expect(named.length).toBeGreaterThan(1);
      for (const name of named) expect(pieces).toContain(name.replace(/ ×\d+$/, ''));
      expect(labels.keyContext).toMatch(/\[.+\]/);
      expect(values.use?.value).toBeGreaterThan(1 / 256);
      expect(values.use?.inputs).toBe(3);
    }
    const uses = rows.slice(0, 3).map(({ values }) => values.use?.value ?? 0);
    expect(uses).toEqual([...uses].sort((a, b) => b - a));
  });

  it('draws the patches of a painter’s neurons amid their neighbours', async () => {
    const painter = await loadModel(photoMae);
    const images = Object.values(readPhotographs())
      .slice(0, 2)
      .map((image) => ({ image }));
    const { rows, charts } = await studyNeurons(painter, images, { quick: true });
    expect(rows).toHaveLength(26);
    expect(rows[0]?.labels.keys).toMatch(/^(class|\d+,\d+)/);
    const [sheet] = charts;
    if (sheet?.type !== 'sheet') throw new Error('no sheet');
    expect(sheet.rows).toHaveLength(26);
    const inputs = images.map((image) => prepareInput(painter, image));
    const corner = { input: 1, token: 1, strength: 1 };
    const head = {
      ...{ layer: 5, head: 0, stack: 'decoder' as const, use: [] },
      keys: [[corner]],
      queries: [[{ ...corner, token: 0 }]],
    };
    const made = neuronSheet(painter, inputs, [{ head, neuron: 0 }]);
    const [[drawn] = [], none] = made?.rows[0]?.pictures ?? [];
    // Token 0 is the class; token 1 the patch in the upper left corner.
    expect(none).toEqual([]);
    const data = inputs[1]?.picture?.data ?? [];
    expect(drawn?.width).toBe(24);
    expect([...(drawn?.data.subarray(0, 3) ?? [])]).toEqual([128, 128, 128]);
    const first = (8 * 24 + 8) * 3;
    expect([...(drawn?.data.subarray(first, first + 48) ?? [])]).toEqual([...data.slice(0, 48)]);
  });
});

function plain(piece: string): string {
  return piece.startsWith('▁') ? piece.slice(1) || '␣' : `-${piece}`;
}
