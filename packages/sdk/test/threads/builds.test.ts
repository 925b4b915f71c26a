import { relaxedSupported } from '@tripartite/kernels';
import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { astrocyteHead } from '../../src/attention/astrocyte-head.js';
import type { Readout } from '../../src/attention/head.js';
import { softmaxHead } from '../../src/attention/softmax-head.js';
import type { ModelPackage } from '../../src/checkpoint/model-source.js';
import { openEngine } from '../../src/engine.js';
import type { ModelInput } from '../../src/transformer/inputs.js';
import { loadModel } from '../../src/transformer/model.js';
import { run, type TracedResult } from '../../src/transformer/run.js';
import {
  activitiesOf,
  kinds,
  layerOf,
  numeratorsOf,
  tokens,
  worstError,
  worstOf,
} from '../attention/data.js';
import { attend } from '../attention/reference.js';
import { readPhotographs, readTestDigits, readTexts } from '../fixtures/reference.js';
import { largestDifference, largestValue } from '../transformer/differences.js';

// What `fast` of `EngineOptions` promises; measured: 2.7e-5 (`matched`, norm² 93) and 3.5e-6 (use-lite).
const headBound = 5e-5;
const modelBound = 1e-5;

const plain = await openEngine();
const fast = await openEngine({ fast: true, threads: 2 });
// Where relaxed SIMD is missing, `fast` is the plain build, and nothing may differ at all.
const differs = relaxedSupported();

describe('the builds', () => {
  it('are named by their engine', () => {
    expect(plain.build).toBe('plain');
    expect(fast.build).toBe(differs ? 'relaxed' : 'plain');
  });
});

describe.each(kinds)('a head in either build, %s', (kind) => {
  it.each([
    [6, 20, 5],
    [64, 256, 20],
    [17, 64, 93],
  ])(
    'agrees within 5e-5 of Σ|terms|, and errs by ≤ 1e-4: d %i, m %i, norm² %i',
    (width, neurons, norm) => {
      const made = layerOf(kind, neurons, width);
      const { layer: hidden } = made;
      const given = tokens(3, 300, width, norm);
      const activities = activitiesOf(made, given);
      const heads = [plain, fast].map((engine) => astrocyteHead({ width, hidden, engine }));
      for (const causal of [false, true]) {
        const truth = attend(activities, given.values, { causal });
        const [one, other] = heads.map((head) => {
          head.begin();
          if (causal) return head.stream(given.queries, given.keys, given.values);
          head.write(given.keys, given.values);
          return head.read(given.queries);
        }) as [Readout, Readout];
        expect(worstError(other, truth, hidden.signed)).toBeLessThanOrEqual(1e-4);
        const apart = Math.max(
          worstOf(other.response, one.response, truth.responseSizes),
          worstOf(
            numeratorsOf(other, hidden.signed),
            numeratorsOf(one, hidden.signed),
            truth.numeratorSizes,
          ),
        );
        expect(apart).toBeLessThanOrEqual(differs ? headBound : 0);
      }
    },
  );
});

describe('a softmax head in either build', () => {
  it('agrees within 5e-5 of the largest value', () => {
    const width = 64;
    const given = tokens(3, 300, width, 20);
    const answers = [plain, fast].map((engine) => {
      const head = softmaxHead({ width, engine });
      head.write(given.keys, given.values);
      return head.read(given.queries).output;
    });
    const [one, other] = answers as [Float32Array, Float32Array];
    const bound = differs ? headBound * largestValue(given.values) : 0;
    expect(largestDifference(other, one)).toBeLessThanOrEqual(bound);
  });
});

const digits = readTestDigits().slice(0, 100);
const models: [string, ModelPackage, ModelInput[]][] = [
  ['use-lite', useLite, readTexts().map(({ text }) => ({ text }))],
  ['vit-digits', vitDigits, digits.map((image) => ({ image }))],
  [
    'photo-mae',
    photoMae,
    Object.values(readPhotographs())
      .slice(0, 3)
      .map((image) => ({ image })),
  ],
];

const numbersOf = (result: TracedResult) =>
  'embedding' in result ? result.embedding : result.logits;

describe.each(models)('%s in either build', (_, pack, inputs) => {
  it('agrees within 1e-5 of the largest value of an input', async () => {
    const [ours, theirs] = [
      await run(await loadModel(pack, { engine: plain }), inputs),
      await run(await loadModel(pack, { engine: fast }), inputs),
    ];
    for (const [at, one] of ours.entries()) {
      const other = numbersOf(theirs[at] as TracedResult);
      const apart = largestDifference(other, numbersOf(one));
      const bound = differs ? modelBound * largestValue(numbersOf(one)) : 0;
      expect(apart).toBeLessThanOrEqual(bound);
    }
  });
});
