import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine.js';
import { recordForward } from '../../src/fit/reverse/recording.js';
import { placeReverseWeights, tunableLinears } from '../../src/fit/reverse/reverse-weights.js';
import { prepareInput } from '../../src/transformer/inputs.js';
import { loadModel, type Model } from '../../src/transformer/model.js';
import { readTestDigits, readTexts } from '../fixtures/reference.js';
import { sharedEngines } from '../threads/teams.js';
import { bitsOf } from '../transformer/bits.js';
import { softmaxPass, someGains } from './softmax-pass.js';

const long = readTexts().reduce((most, { text }) => (text.length > most.length ? text : most), '');
const texts = [0, 1].map((part) => ({ text: long.slice(200 * part, 200 * (part + 1)) }));
const digits = readTestDigits()
  .slice(0, 32)
  .map((image) => ({ image }));

describe.each([
  ['use-lite', useLite, texts, ['reluReverse', 'gemm']],
  // Its weights are too small for a share of their gradients.
  ['vit-digits', vitDigits, digits, ['gelu', 'geluReverse']],
])(
  'recorded passes of %s on several threads',
  { timeout: 60_000 },
  async (_, pack, inputs, names) => {
    const [one, ...more] = (await sharedEngines()).slice(0, 3) as [Engine, ...Engine[]];

    async function gradients(model: Model): Promise<string[]> {
      const { kernels, plan } = model;
      const mark = kernels.arena.mark();
      const weights = placeReverseWeights(model, tunableLinears(plan));
      const prepared = inputs.map((input) => prepareInput(model, input).prepared);
      const pass = softmaxPass(kernels, someGains(model.layers.map(({ heads }) => heads)));
      const recording = recordForward(model, weights, prepared, pass);
      const { outputs } = recording;
      recording.reverse({ outputs, streams: [recording.stream(0)] });
      const own = weights.tuned.map(({ gradient, count }) =>
        kernels.arena.viewFloats(gradient, count),
      );
      const all = [...outputs, ...own].map(bitsOf);
      kernels.arena.release(mark);
      return [...all, pass.gainGradients.join()];
    }

    it('have the bits of one thread, and share the work', async () => {
      const alone = await gradients(await loadModel(pack, { engine: one }));
      for (const engine of more) {
        const model = await loadModel(pack, { engine });
        const run = vi.spyOn(engine.kernels, 'run');
        expect(await gradients(model), `${engine.threads} threads`).toEqual(alone);
        const shared = run.mock.calls.filter(([calls]) => calls.length > 1);
        const found = new Set(shared.map(([[first]]) => first?.[0]));
        run.mockRestore();
        expect([...found]).toEqual(
          expect.arrayContaining(['linear', 'layerNormReverse', ...names]),
        );
      }
    });
  },
);
