import { describe, expect, it } from 'vitest';
import type { AdaptedTensors } from '../../src/hidden/fitted/fitted-hidden.js';
import { createGenerator } from '../../src/random/generator.js';
import { loadModel } from '../../src/transformer/model.js';
import type { PictureResult } from '../../src/transformer/results.js';
import { run } from '../../src/transformer/run.js';
import { drawPicture, tinyModel, tinyTensors } from '../hidden/fitted/tiny.js';
import { tinyMae, tinySource } from './tiny-models.js';

const query = 'vit.encoder.layer.0.attention.attention.query';
/** A weight of a stacked projection, a bias alone, a norm, and a plain tensor. */
const names = [
  `${query}.weight`,
  'decoder.decoder_layers.1.attention.output.dense.bias',
  'vit.layernorm.weight',
  'decoder.mask_token',
];

/** Some tensors of the painter, each value moved by a twentieth or so. */
function moved(some: readonly string[]): AdaptedTensors {
  const generator = createGenerator(4, 'moved');
  return Object.fromEntries(
    some.map((name) => {
      const { shape, data } = tinyTensors[name] as (typeof tinyTensors)[string];
      return [name, { shape, data: data.map((v) => v + 0.05 * generator.normal()) }];
    }),
  );
}

describe('a model with some tensors replaced', async () => {
  const model = await tinyModel;
  const input = { image: drawPicture(2) };
  const logits = async (of: typeof model) => ((await run(of, input)) as PictureResult).logits;
  const before = await logits(model);

  it.each([...names.map((name) => [name]), names])(
    'is the checkpoint with those tensors: %s %s %s %s',
    async (...some) => {
      const tensors = moved(some);
      const whole = await loadModel(tinySource(tinyMae, { ...tinyTensors, ...tensors }));
      const after = await logits(await model.withTensors(tensors));
      expect(after).toEqual(await logits(whole));
      expect(after).not.toEqual(before);
    },
  );

  it('leaves the model as it was, and is made once', async () => {
    const tensors = moved(names);
    const other = await model.withTensors(tensors);
    expect(await model.withTensors(tensors)).toBe(other);
    expect(await logits(model)).toEqual(before);
    expect(model.adaptation).toBeUndefined();
  });

  it('tells how far it moved: ‖W′ − W‖ / ‖W‖ over what changed', async () => {
    const tensors = moved(names);
    const { adaptation } = await model.withTensors(tensors);
    let [step, size] = [0, 0];
    for (const name of names) {
      tinyTensors[name]?.data.forEach((value, i) => {
        step += ((tensors[name]?.data[i] as number) - value) ** 2;
        size += value ** 2;
      });
    }
    expect(adaptation?.tensors).toBe(4);
    expect(adaptation?.relativeChange).toBeCloseTo(Math.sqrt(step / size), 12);
  });

  it.each<[string, AdaptedTensors, string, string]>([
    [
      'names that the checkpoint lacks',
      { 'vit.layer.weight': { shape: [1], data: Float32Array.of(1) } },
      'MISSING_TENSOR',
      'vit.layer.weight',
    ],
    [
      'another shape',
      { 'vit.layernorm.weight': { shape: [3, 4], data: new Float32Array(12) } },
      'BAD_SHAPE',
      '"vit.layernorm.weight" has shape (3, 4); tiny/model.safetensors has (12)',
    ],
    [
      'another length',
      { 'vit.layernorm.weight': { shape: [12], data: new Float32Array(11) } },
      'BAD_SHAPE',
      '"vit.layernorm.weight"',
    ],
  ])('refuses %s, and gives the memory back', async (_, tensors, code, message) => {
    const mark = model.kernels.arena.mark();
    await expect(model.withTensors(tensors)).rejects.toMatchObject({
      name: 'TripartiteError',
      code,
      message: expect.stringContaining(message),
    });
    expect(model.kernels.arena.mark()).toBe(mark);
  });

  it('refuses a tensor that the checkpoint has and the model does not compute with', async () => {
    const extra = { 'vit.unused': { shape: [2], data: Float32Array.of(1, 2) } };
    const other = await loadModel(tinySource(tinyMae, { ...tinyTensors, ...extra }));
    await expect(other.withTensors(extra)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('tensor "vit.unused" is changed, but'),
    });
  });
});
