import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../src/compare/calibrate.js';
import { type CompareOptions, compare, compareInDetail } from '../../src/compare/compare.js';
import type { Comparison } from '../../src/compare/comparison.js';
import { sweepNeurons } from '../../src/compare/sweep.js';
import { verdict } from '../../src/compare/verdict.js';
import { hiddenLayer } from '../../src/hidden/create.js';
import { encodeHidden } from '../../src/hidden/fitted/encode.js';
import { loadModel } from '../../src/transformer/model.js';
import { drawPicture, fitTiny, sourceWith, tinyModel, tinyTensors } from '../hidden/fitted/tiny.js';
import { tinyMae, tinySource } from '../transformer/tiny-models.js';

const input = { image: drawPicture(1) };

/** A comparison without what it says of its hidden layer. */
const numbers = ({ hidden: _, ...rest }: Comparison) => rest;

describe('compare with a fitted layer', async () => {
  const model = await tinyModel;
  const fitted = await fitTiny('learned', 12);
  const performer = { kind: 'performer', neurons: 12 };

  it('gives the bits of the same neurons drawn', async () => {
    const comparison = await compareInDetail(model, input, { hidden: { fitted } });
    const drawn = await compareInDetail(model, input, { hidden: performer });
    expect(numbers(comparison)).toEqual(numbers(drawn));
    const partly = { swap: '0.1,2' };
    expect(numbers(await compare(model, input, { ...partly, hidden: { fitted } }))).toEqual(
      numbers(await compare(model, input, { ...partly, hidden: performer })),
    );
  });

  it('reports the layer, by the hash of its file', async () => {
    const { hidden } = await compare(model, input, { hidden: { fitted } });
    const sha256 = createHash('sha256').update(encodeHidden(fitted)).digest('hex');
    expect(hidden).toEqual({ kind: 'learned', neurons: 12, sha256 });
    const one = await fitTiny('learned', 12, { shared: true });
    const comparison = await compare(model, input, { hidden: { fitted: one } });
    expect(comparison.hidden).toMatchObject({ kind: 'learned', neurons: 12, shared: true });
    expect(verdict([comparison])).toContain('12 hidden neurons per head (learned, one φ)');
  });

  it('is the same under every seed but for the patches that the first one hides', async () => {
    const hidden = { fitted };
    const several = await compare(model, input, { hidden, seed: 5, seeds: 3 });
    const one = await compare(model, input, { hidden, seed: 5 });
    expect(several.seeds).toEqual([5, 6, 7]);
    expect(several.runs).toEqual([one.output, one.output, one.output]);
    expect(several.output).toEqual(one.output);
    expect(several.heads).toEqual(one.heads);
    expect(Object.values(several.spread ?? {})).toEqual([0, 0, 0, 0]);
    expect(verdict([several])).not.toContain('draws');
    const other = await compare(model, input, { hidden, seed: 6 });
    expect(other.output).not.toEqual(one.output);
  });

  it.each<[string, CompareOptions['hidden'], string]>([
    [
      'another kind',
      { kind: 'matched', fitted },
      'kind is matched but the fitted hidden layer has',
    ],
    ['another number', { neurons: 13, fitted }, 'neurons is 13 but the fitted hidden layer has 12'],
    ['another φ', { shared: true, fitted }, 'shared is true but the fitted hidden layer has false'],
    ['a way to draw', { sampling: 'iid', fitted }, 'sampling was given with a fitted'],
    ['a function', { features: () => {}, fitted }, 'features was given with a fitted'],
    ['weights', { weights: new Float32Array(4), fitted }, 'weights was given with a fitted'],
    ['a kind that it lacks', { kind: 'learned' }, 'tiny brings no learned hidden layer'],
    ['a near miss', { kind: 'lerned' }, 'hidden kind "lerned" is unknown; did you mean learned?'],
    ['a choice among none', { shared: true }, 'tiny brings no learned hidden layer of one φ'],
    ['a choice among draws', { kind: 'matched', shared: true }, 'only fitted hidden layers'],
  ])('refuses %s', async (_, hidden, message) => {
    await expect(compare(model, input, { hidden: { ...hidden } })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(message),
    });
  });

  it('takes what is said twice alike', async () => {
    const hidden = { kind: 'learned', neurons: 12, shared: false, fitted };
    const { hidden: report } = await compare(model, input, { hidden });
    expect(report.neurons).toBe(12);
  });

  it('refuses the layer of another model', async () => {
    const other = { ...fitted, model: 'photo-mae', modelHash: '0'.repeat(64) };
    await expect(compare(model, input, { hidden: { fitted: other } })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('was fitted to photo-mae (weights 000000…), not to tiny'),
    });
  });

  it('draws nothing from a fitted kind’s name', () => {
    expect(() => hiddenLayer({ kind: 'learned', width: 4 })).toThrowError(
      expect.objectContaining({
        code: 'BAD_INPUT',
        message: expect.stringContaining('hidden kind learned is fitted and cannot be drawn'),
      }),
    );
  });
});

describe('compare on a model that brings fitted layers', async () => {
  const layers = await Promise.all([
    fitTiny('fine-tuned', 8),
    fitTiny('learned', 8, { seed: 2 }),
    fitTiny('learned', 32),
    fitTiny('learned', 32, { shared: true, seed: 3 }),
  ]);
  const model = await loadModel(sourceWith(layers));
  const chosen = async (options: CompareOptions) => (await compare(model, input, options)).hidden;

  it('takes the nearest one of those that the model prefers, where no kind is named', async () => {
    expect(await chosen({})).toMatchObject({ kind: 'learned', neurons: 32 });
    expect((await chosen({})).shared).toBeUndefined();
    expect(await chosen({ hidden: { neurons: 15 } })).toMatchObject({
      kind: 'fine-tuned',
      neurons: 8,
    });
    expect(await chosen({ hidden: { kind: 'learned', neurons: 2 } })).toMatchObject({
      kind: 'learned',
      neurons: 8,
    });
    expect(await chosen({ hidden: { shared: true, neurons: 8 } })).toMatchObject({
      kind: 'learned',
      neurons: 32,
      shared: true,
    });
  });

  it('draws where a draw is asked for', async () => {
    const statistics = await calibrate(model, [{ image: drawPicture(9) }]);
    const drawn = { kind: 'matched', neurons: 8, sampling: 'orthogonal' };
    const calibration = { calibration: statistics };
    expect(await chosen({ hidden: { kind: 'matched', neurons: 8 }, ...calibration })).toEqual(
      drawn,
    );
    // Calibration is for draws: with it, the default is one.
    expect(await chosen({ hidden: { neurons: 8 }, ...calibration })).toEqual(drawn);
    expect(await chosen({ hidden: { sampling: 'iid', neurons: 8 }, ...calibration })).toMatchObject(
      {
        kind: 'matched',
      },
    );
  });

  it('refuses numbers of neurons that no layer can have', async () => {
    for (const kind of [{}, { kind: 'learned' }]) {
      await expect(chosen({ hidden: { ...kind, neurons: 0 } })).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: 'neurons is 0; a whole number from 1 to 1000000 is allowed',
      });
    }
  });

  it('sweeps over the layers that there are, the same under every seed', async () => {
    const points = await sweepNeurons(model, input, {
      kinds: ['learned', 'performer'],
      neurons: [8, 16],
      seeds: [1, 2],
    });
    expect(points.map(({ kind, neurons, seed }) => `${kind} ${neurons} ${seed}`)).toEqual([
      'learned 8 1',
      'learned 8 2',
      'learned 32 1',
      'learned 32 2',
      'performer 8 1',
      'performer 8 2',
      'performer 16 1',
      'performer 16 2',
    ]);
    const [first, again, larger, , drawn, other] = points;
    expect(again).toEqual({ ...first, seed: 2 });
    expect(other?.output).not.toEqual(drawn?.output);
    const { output } = await compare(model, input, { hidden: { kind: 'learned', neurons: 32 } });
    expect(larger?.output).toEqual(output);
  });

  it('sweeps over layers that are given, and those of one φ', async () => {
    const [, fitted = layers[0]] = layers;
    const points = await sweepNeurons(model, input, {
      kinds: ['learned'],
      shared: true,
      fitted: fitted ? [fitted] : [],
      neurons: [],
      seeds: [1],
    });
    expect(points.map(({ kind, neurons }) => [kind, neurons])).toEqual([
      ['learned', 32],
      ['learned', 8],
    ]);
    await expect(
      sweepNeurons(model, input, { kinds: ['adapted'], neurons: [8], seeds: [1] }),
    ).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('tiny brings no adapted hidden layer'),
    });
  });
});

describe('compare with an adapted layer', async () => {
  const model = await tinyModel;
  const name = 'vit.encoder.layer.0.attention.attention.key.weight';
  const { shape = [], data = new Float32Array(0) } = tinyTensors[name] ?? {};
  const tensors = { [name]: { shape, data: data.map((w, i) => w + (i % 3) / 20) } };
  const fitted = await fitTiny('adapted', 12, { tensors });
  const changed = await loadModel(tinySource(tinyMae, { ...tinyTensors, ...tensors }));
  const hidden = { kind: 'performer', neurons: 12 };

  it('holds the twin of the changed transformer against the transformer as it was', async () => {
    const [own, adapted, other] = await Promise.all([
      compareInDetail(model, input, { hidden }),
      compareInDetail(model, input, { hidden: { fitted } }),
      compareInDetail(changed, input, { hidden }),
    ]);
    expect(adapted.details.pictures?.softmax).toEqual(own.details.pictures?.softmax);
    expect(adapted.details.pictures?.twin).toEqual(other.details.pictures?.twin);
    expect(adapted.details.pictures?.twin).not.toEqual(own.details.pictures?.twin);
    // Each head is judged on what it was tuned with.
    expect(adapted.heads).toEqual(other.heads);
    expect(adapted.drift).not.toEqual(other.drift);
  });

  it('tells how far the transformer was changed', async () => {
    const { hidden: report } = await compare(model, input, { hidden: { fitted } });
    expect(report).toMatchObject({ kind: 'adapted', neurons: 12, adaptation: { tensors: 1 } });
    let [step, size] = [0, 0];
    data.forEach((w, i) => {
      step += (Math.fround(w + (i % 3) / 20) - w) ** 2;
      size += w ** 2;
    });
    expect(report.adaptation?.relativeChange).toBeCloseTo(Math.sqrt(step / size), 12);
  });

  it('changes the transformer where no head is replaced, too', async () => {
    const none = await compare(model, input, { hidden: { fitted }, swap: 'none' });
    expect(none.drift[0]?.relative).toBeGreaterThan(0);
  });

  it('is swept as it is compared', async () => {
    const [point] = await sweepNeurons(model, input, {
      kinds: [],
      fitted: [fitted],
      neurons: [],
      seeds: [1],
    });
    const { output } = await compare(model, input, { hidden: { fitted } });
    expect(point).toMatchObject({ kind: 'adapted', neurons: 12, output });
  });
});
