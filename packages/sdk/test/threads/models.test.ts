import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import type { ModelPackage } from '../../src/checkpoint/model-source.js';
import { compareInDetail } from '../../src/compare/compare.js';
import type { ModelInput } from '../../src/transformer/inputs.js';
import { loadModel, type Model } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { readPhotographs, readTestDigits, readTexts } from '../fixtures/reference.js';
import { withBits } from '../transformer/bits.js';
import { countCalls, sharedEngines } from './teams.js';

const texts = readTexts().map(({ text }) => ({ text }));
const digits = readTestDigits().map((image) => ({ image }));
const photographs = Object.values(readPhotographs()).map((image) => ({ image }));

/** What runs: each model with a single input, several, and the fewest shares of the single one's products. */
const cases: [string, ModelPackage, ModelInput, ModelInput[], number][] = [
  ['use-lite', useLite, texts[8] as ModelInput, texts.slice(5), 4],
  // A single digit has too few tokens to share.
  ['vit-digits', vitDigits, digits[3] as ModelInput, digits.slice(0, 24), 1],
  ['photo-mae', photoMae, photographs[0] as ModelInput, photographs.slice(0, 2), 2],
];

describe.each(cases)('%s on several threads', async (_, pack, single, several, least) => {
  const [one, ...more] = await sharedEngines();
  const alone = await loadModel(pack, { engine: one });
  const others = await Promise.all(more.map((engine) => loadModel(pack, { engine })));
  const outputOf = async (model: Model) => withBits(await run(model, single, { trace: 'all' }));

  /** Outputs, and a twin with all that is measured of it. */
  const answersOf = async (model: Model) =>
    withBits([
      await run(model, several),
      await compareInDetail(model, single, { hidden: { neurons: 67 } }),
    ]);

  it('gives the bits of one thread, every time', async () => {
    const [output, answers] = [await outputOf(alone), await answersOf(alone)];
    for (const model of others) {
      const { threads } = model;
      expect(await answersOf(model), `${threads} threads`).toEqual(answers);
      for (let time = 0; time < 3; time++) {
        expect(await outputOf(model), `${threads} threads`).toEqual(output);
      }
    }
  });

  it('shares its products among them, and on one thread none', async () => {
    for (const model of [alone, ...others]) {
      const { kernels, threads } = model;
      const calls = await countCalls(kernels, 'linear', () => run(model, single));
      expect(Math.max(...calls)).toBeGreaterThanOrEqual(Math.min(threads, least));
      const batch = await countCalls(kernels, 'linear', () => run(model, several));
      expect(Math.max(...batch)).toBe(threads);
      const heads = await countCalls(kernels, 'softmaxHead', () => run(model, several));
      expect(new Set(heads)).toEqual(new Set([several.length]));
    }
  });
});
