import { afterAll, describe, expect, it } from 'vitest';
import { calibrate } from '../../src/compare/calibrate.js';
import { fit } from '../../src/fit/fit.js';
import { fitMatched } from '../../src/fit/matched.js';
import { hiddenSource } from '../../src/hidden/create.js';
import { decodeHidden } from '../../src/hidden/fitted/decode.js';
import { encodeHidden } from '../../src/hidden/fitted/encode.js';
import type { WeightedLayer } from '../../src/hidden/hidden-layer.js';
import { mean } from '../../src/numeric/statistics.js';
import { run } from '../../src/transformer/run.js';
import { naiveMeasures } from '../compare/naive-measures.js';
import { naiveNetwork, naiveSoftmax } from '../compare/naive-network.js';
import { digitInputs, numbersOf, openDigits, small } from './digit-fit.js';

describe('hidden neurons fitted to vit-digits', async () => {
  const model = await openDigits();
  afterAll(() => model.close());
  const inputs = digitInputs(26);
  /** Digits that no fit here has seen. */
  const unseen = inputs.slice(24);
  const traces = (await run(model, unseen, { trace: 'all' })).map(({ heads }) => heads);

  /** Mean over heads and digits of KL(p ‖ p̂), by the definition, in nats. */
  function divergence(layers: readonly (readonly WeightedLayer[])[]): number {
    const all = traces.flatMap((heads) =>
      heads.map((trace) => {
        const layer = layers[trace.layer]?.[trace.head];
        if (!layer) throw new Error('no layer');
        const network = naiveNetwork(layer, trace);
        return naiveMeasures(naiveSoftmax(trace, 16), network, trace.values, 16).attentionKl;
      }),
    );
    return mean(all);
  }

  it('are, matched, those that compare draws for the same seed and calibration', async () => {
    const own = inputs.slice(0, 6);
    const layers = await fitMatched(model, own, { neurons: 12, seed: 3 });
    const statistics = await calibrate(model, own);
    const source = hiddenSource({ kind: 'matched', neurons: 12 }, statistics);
    layers.forEach((heads, layer) => {
      heads.forEach((drawn, head) => {
        expect(drawn).toEqual(source({ layer, head, width: 16 }, 3));
      });
    });
    expect(layers.map(({ length }) => length)).toEqual([4, 4, 4, 4]);
  });

  it('are, matched, one φ for queries and keys, in a file that says so', async () => {
    const fitted = await fit(model, inputs.slice(0, 8), { ...small, kind: 'matched' });
    expect(fitted).toMatchObject({ kind: 'matched', neurons: 6, shared: true, inputs: 8 });
    const read = decodeHidden(encodeHidden(fitted));
    expect(numbersOf(read)).toEqual(numbersOf(fitted));
    expect(await fit(model, inputs.slice(0, 8), { ...small, kind: 'matched' })).toEqual(fitted);
  });

  it('stop at the signal while they are matched', async () => {
    const stopped = fitMatched(model, inputs, { neurons: 6, seed: 1 }, AbortSignal.abort());
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('attend, learned, far more as softmax does than as many matched ones, on unseen digits', async () => {
    const training = inputs.slice(0, 24);
    const settings = { neurons: 8, steps: 60, batch: 6, rate: 0.04 };
    const matched = divergence(
      (await fit(model, training, { ...settings, kind: 'matched' })).layers,
    );
    const learned = divergence((await fit(model, training, settings)).layers);
    const shared = divergence((await fit(model, training, { ...settings, shared: true })).layers);
    expect(learned).toBeLessThan(0.5 * matched);
    expect(shared).toBeLessThan(0.6 * matched);
  });
});
