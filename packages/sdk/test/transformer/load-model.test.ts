import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import type { ModelSource } from '../../src/checkpoint/model-source.js';
import { openSource } from '../../src/checkpoint/open-source.js';
import { writeSafetensors } from '../../src/checkpoint/safetensors-writer.js';
import { loadModel } from '../../src/transformer/model.js';
import { drawTensors, maeShapes, tinyMae, tinySource, tinyVit, vitShapes } from './tiny-models.js';

const tensors = drawTensors(vitShapes(tinyVit));
const withConfig = (changes: object) =>
  tinySource(tinyVit, tensors, { 'config.json': JSON.stringify({ ...tinyVit, ...changes }) });

describe('loadModel', () => {
  it('reads a folder as it reads a package', async () => {
    const folder = fileURLToPath(new URL('.', vitDigits.files['config.json']));
    const [fromFolder, fromPackage] = [await loadModel(folder), await loadModel(vitDigits)];
    expect(fromFolder.name).toBe('vit-digits');
    expect(fromFolder.plan).toEqual(fromPackage.plan);
    expect(await fromFolder.weightsHash()).toBe(await fromPackage.weightsHash());
    expect(await fromFolder.weightsHash()).toMatch(/^[0-9a-f]{64}$/);
  });

  it('hashes the weights with SHA-256', async () => {
    const model = await loadModel(tinySource(tinyVit, tensors));
    const bytes = Uint8Array.from(writeSafetensors(tensors));
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
    expect(await model.weightsHash()).toBe(hash);
  });

  it('says that a folder does not exist, or is none', async () => {
    const missing = join(tmpdir(), 'no-such-folder-of-models');
    await expect(loadModel(missing)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `model folder "${missing}" does not exist`,
    });
    const file = fileURLToPath(import.meta.url);
    await expect(loadModel(file)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `model folder "${file}" is no folder`,
    });
  });

  it.each([42, null, undefined, {}])('says that %o is no source', async (from) => {
    await expect(loadModel(from as never)).rejects.toMatchObject({
      name: 'TripartiteError',
      code: 'BAD_INPUT',
      message: expect.stringContaining('model source is'),
    });
  });

  it('says that a folder holds no checkpoint', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
    try {
      await expect(loadModel(folder)).rejects.toMatchObject({
        code: 'BAD_CHECKPOINT',
        message: expect.stringMatching(/^checkpoint-\w+ has no config\.json; /),
      });
      await writeFile(join(folder, 'config.json'), JSON.stringify(tinyVit));
      await expect(loadModel(folder)).rejects.toMatchObject({
        code: 'BAD_CHECKPOINT',
        message: expect.stringContaining('has no preprocessor_config.json'),
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each(['config.json', 'preprocessor_config.json'])('says that %s is no JSON', async (file) => {
    const source = tinySource(tinyVit, tensors, { [file]: '{"model_type": ' });
    await expect(loadModel(source)).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: `tiny: ${file} is no JSON`,
    });
  });

  it.each([
    ['vit-mae', 'model_type is "vit-mae"; did you mean vit_mae? (built: use_lite, vit, vit_mae)'],
    ['bert', 'model_type is "bert" (built: use_lite, vit, vit_mae)'],
    [7, 'model_type is 7 (built: use_lite, vit, vit_mae)'],
    // A name that every object inherits.
    ['toString', 'model_type is "toString" (built: use_lite, vit, vit_mae)'],
  ])('refuses model_type %j', async (type, message) => {
    await expect(loadModel(withConfig({ model_type: type }))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: `config.json: ${message}`,
    });
  });

  it.each([
    ['hidden_act', { hidden_act: 'silu' }, 'hidden_act is "silu"; "gelu" is built'],
    ['qkv_bias', { qkv_bias: false }, 'qkv_bias is false; true is built'],
  ])('names the option %s that is not built', async (_, changes, message) => {
    await expect(loadModel(withConfig(changes))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: `config.json: ${message}`,
    });
  });

  it('names the option norm_pix_loss that is not built', async () => {
    const config = { ...tinyMae, norm_pix_loss: true };
    const source = tinySource(config, drawTensors(maeShapes(tinyMae)));
    await expect(loadModel(source)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: 'config.json: norm_pix_loss is true; false is built',
    });
  });

  it.each([
    ['a missing key', { hidden_size: undefined }, 'hidden_size'],
    ['a negative size', { intermediate_size: -7 }, 'intermediate_size'],
    ['heads that do not divide the width', { num_attention_heads: 4 }, 'width 15'],
    ['patches that do not divide the picture', { patch_size: 4 }, 'image_size 6'],
    ['no labels', { id2label: undefined }, 'id2label'],
  ])('refuses a config with %s, and names it', async (_, changes, named) => {
    await expect(loadModel(withConfig(changes))).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringContaining(named),
    });
  });

  it.each([
    { num_hidden_layers: 200_000_000 },
    { num_hidden_layers: 0 },
    { hidden_size: 1e15 },
    { image_size: 7 },
    { num_attention_heads: 4 },
  ])('refuses sizes that no model has: %j', async (changes) => {
    await expect(loadModel(withConfig(changes))).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' });
  });

  it.each([0, 1, -0.5])('refuses a painter that hides a share %f of the patches', async (ratio) => {
    const config = JSON.stringify({ ...tinyMae, mask_ratio: ratio });
    const source = tinySource(tinyMae, drawTensors(maeShapes(tinyMae)), { 'config.json': config });
    await expect(loadModel(source)).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' });
  });

  it('refuses a tokenizer with more pieces than the embedding table has rows', async () => {
    const own = await openSource(useLite);
    const tokenizer = JSON.parse(new TextDecoder().decode(await own.read('tokenizer.json'))) as {
      model: { vocab: [string, number][] };
    };
    for (let extra = 0; extra < 6; extra++) tokenizer.model.vocab.push([`new${extra}`, -1]);
    const source: ModelSource = {
      name: 'grown',
      read: async (file) =>
        file === 'tokenizer.json'
          ? new TextEncoder().encode(JSON.stringify(tokenizer))
          : own.read(file),
    };
    await expect(loadModel(source)).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: 'grown: tokenizer.json has 8006 pieces; the embedding table has 8002 rows',
    });
  });

  it('names a missing tensor and the nearest one', async () => {
    const { 'classifier.weight': moved, ...rest } = tensors;
    if (!moved) throw new Error('no classifier');
    const renamed = tinySource(tinyVit, { ...rest, 'clasifier.weight': moved });
    await expect(loadModel(renamed)).rejects.toMatchObject({
      code: 'MISSING_TENSOR',
      message:
        'tiny/model.safetensors: tensor "classifier.weight" is missing; the nearest name is "clasifier.weight"',
    });
  });

  it('names a tensor of the wrong shape', async () => {
    const wrong = {
      ...tensors,
      'vit.layernorm.bias': { shape: [5, 3], data: new Float32Array(15) },
    };
    await expect(loadModel(tinySource(tinyVit, wrong))).rejects.toMatchObject({
      code: 'BAD_SHAPE',
      message:
        'tiny/model.safetensors: tensor "vit.layernorm.bias" has shape (5, 3); expected (15)',
    });
  });

  it('refuses weights that are no floats, and names them', async () => {
    const integers = { shape: [15], dtype: 'I32' as const, data: new Uint8Array(60) };
    const wrong = tinySource(tinyVit, { ...tensors, 'vit.layernorm.bias': integers });
    await expect(loadModel(wrong)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('"vit.layernorm.bias" is I32'),
    });
  });

  it('refuses a file that was cut off, wherever it was', async () => {
    const whole = writeSafetensors(tensors);
    for (const length of [0, 7, 8, 100, whole.length - 1]) {
      const cut = tinySource(tinyVit, tensors, { 'model.safetensors': whole.slice(0, length) });
      await expect(loadModel(cut)).rejects.toMatchObject({
        code: 'BAD_CHECKPOINT',
        message: expect.stringContaining('tiny/model.safetensors'),
      });
    }
  });

  it('says that the weights are missing', async () => {
    const source = tinySource(tinyVit, tensors, { 'model.safetensors': undefined });
    await expect(loadModel(source)).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringContaining('tiny has no model.safetensors'),
    });
  });

  it('has no statistics where the checkpoint has none, and says what to do', async () => {
    const model = await loadModel(tinySource(tinyVit, tensors));
    await expect(model.statistics()).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('tiny has no calibration.npz'),
    });
  });

  it('stops when its signal has fired, also while a file is being read', async () => {
    const source = tinySource(tinyVit, tensors);
    await expect(loadModel(source, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    const controller = new AbortController();
    const stopping = {
      name: 'stopping',
      read: (file: string) => {
        if (file === 'model.safetensors') controller.abort();
        return source.read(file);
      },
    };
    await expect(loadModel(stopping, { signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  it('tells its progress from 0 to 1', async () => {
    const told: [number, string][] = [];
    await loadModel(tinySource(tinyVit, tensors), {
      onProgress: (fraction, what) => told.push([fraction, what]),
    });
    const fractions = told.map(([fraction]) => fraction);
    expect(fractions[0]).toBe(0);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(told.every(([, what]) => what.length > 0)).toBe(true);
  });
});
