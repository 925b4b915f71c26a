import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/compare/compare.js';
import { hiddenLayer } from '../../src/hidden/create.js';
import { loadModel } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { readTestDigits } from '../fixtures/reference.js';
import { naiveMeasures } from './naive-measures.js';
import { naiveNetwork, naiveSoftmax } from './naive-network.js';

const seed = 3;
const neurons = 20;

describe('the measures of a head', { timeout: 60_000 }, async () => {
  const model = await loadModel(vitDigits);
  const input = { image: readTestDigits()[0] as ReturnType<typeof readTestDigits>[0] };
  const { heads: traces } = await run(model, input, { trace: 'all' });
  const { layers } = await model.statistics();

  it.each(['performer', 'truncated-performer', 'elu', 'relu', 'matched'])(
    'equal those of a float64 network of %s neurons',
    async (kind) => {
      const { heads } = await compare(model, input, { hidden: { kind, neurons }, seed });
      expect(heads).toHaveLength(16);
      for (const [at, { layer, head, width, ...trace }] of traces.entries()) {
        const statistics = layers[layer]?.[head];
        const hidden = hiddenLayer({
          kind,
          neurons,
          width,
          seed,
          stream: [layer, head],
          ...(statistics && { statistics }),
        });
        const expected = naiveMeasures(
          naiveSoftmax(trace, width),
          naiveNetwork(hidden, trace),
          trace.values,
          width,
        );
        const measured = heads[at];
        expect(measured).toMatchObject({ layer, head, stack: 'encoder', swapped: true });
        expect(measured?.nonPositiveResponses).toBe(expected.nonPositiveResponses);
        expect(measured?.outputError).toBeCloseTo(expected.outputError, 5);
        expect(measured?.centredOutputError).toBeCloseTo(expected.centredOutputError, 4);
        expect(measured?.responseCorrelation).toBeCloseTo(expected.responseCorrelation, 5);
        expect(measured?.logResponseCorrelation).toBeCloseTo(expected.logResponseCorrelation, 5);
        const error = Math.abs((measured?.responseError as number) / expected.responseError - 1);
        expect(error).toBeLessThan(1e-4);
        expect(measured?.attentionKl).toBeCloseTo(expected.attentionKl, 4);
      }
    },
  );

  it.each(['cosine', 'clipped-sine', 'linear'])(
    'count the responses ≤ 0 of signed %s neurons and are null where they need positive ones',
    async (kind) => {
      const { heads } = await compare(model, input, { hidden: { kind, neurons: 8 }, seed });
      let silent = 0;
      for (const [at, { layer, head, width, ...trace }] of traces.entries()) {
        const hidden = hiddenLayer({ kind, neurons: 8, width, seed, stream: [layer, head] });
        const { response, weights } = naiveNetwork(hidden, trace);
        const count = response.filter((c) => c <= 0).length;
        const negative = weights.flat().some((weight) => weight < 0);
        silent += count;
        expect(heads[at]?.nonPositiveResponses).toBe(count);
        expect(heads[at]?.logResponseCorrelation === null).toBe(count > 0);
        expect(heads[at]?.attentionKl === null).toBe(negative);
        expect(heads[at]?.responseCorrelation).toBeTypeOf('number');
      }
      expect(silent).toBeGreaterThan(0);
    },
  );

  it('fall as hidden neurons are added', async () => {
    const [few, many] = await Promise.all(
      [16, 4096].map((count) =>
        compare(model, input, { hidden: { kind: 'matched', neurons: count }, seed }),
      ),
    );
    for (const [at, head] of (many?.heads ?? []).entries()) {
      expect(head.outputError).toBeLessThan(few?.heads[at]?.outputError as number);
    }
  });
});
