import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as web from '../../../src/checkpoint/source-web.js';
import { checkBelongs } from '../../../src/hidden/fitted/belongs.js';
import { decodeHidden } from '../../../src/hidden/fitted/decode.js';
import { encodeHidden } from '../../../src/hidden/fitted/encode.js';
import { fittedSource } from '../../../src/hidden/fitted/fitted-hidden.js';
import { loadHidden } from '../../../src/hidden/fitted/load.js';
import { madeLearned } from './made-layers.js';
import { fitTiny, tinyModel } from './tiny.js';

describe('loadHidden', async () => {
  const fitted = await fitTiny('learned', 5);
  const bytes = encodeHidden(fitted);
  const model = await tinyModel;
  let folder = '';
  let path = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fitted layers '));
    path = join(folder, 'a layer.safetensors');
    await writeFile(path, bytes);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads bytes, a buffer, a Blob, an address and a path alike', async () => {
    const known = decodeHidden(bytes);
    const sources = [
      bytes,
      bytes.slice().buffer,
      new Blob([bytes.slice()]),
      pathToFileURL(path),
      path,
    ];
    for (const from of sources) expect(await loadHidden(from, model)).toEqual(known);
  });

  it('names the file in errors', async () => {
    const broken = bytes.slice(0, 100);
    const bad = join(folder, 'broken.safetensors');
    await writeFile(bad, broken);
    const named = { code: 'BAD_CHECKPOINT', message: expect.stringMatching(/^broken\.safe/) };
    await expect(loadHidden(bad)).rejects.toMatchObject(named);
    await expect(loadHidden(new File([broken], 'broken.safetensors'))).rejects.toMatchObject(named);
    await expect(loadHidden(broken)).rejects.toMatchObject({
      message: expect.stringMatching(/^fitted hidden layer: /),
    });
  });

  it('says that a file does not exist, or that it is none', async () => {
    const missing = { code: 'NOT_FOUND', message: expect.stringContaining('does not exist') };
    await expect(loadHidden(join(folder, 'none'))).rejects.toMatchObject(missing);
    await expect(loadHidden(pathToFileURL(join(folder, 'none')))).rejects.toMatchObject(missing);
    await expect(loadHidden(7 as never)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('has no paths in a browser', async () => {
    await expect(web.readFileBytes('a.safetensors')).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('a.safetensors'),
    });
  });

  it('refuses a layer of other weights, naming both models', async () => {
    const other = { ...fitted, model: 'use-lite', modelHash: 'd4e5f6'.padEnd(64, '0') };
    const hash = (await model.weightsHash()).slice(0, 6);
    await expect(loadHidden(encodeHidden(other), model)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: `hidden layer learned, 5 neurons, was fitted to use-lite (weights d4e5f6…), not to tiny (weights ${hash}…)`,
    });
    expect((await loadHidden(encodeHidden(other))).model).toBe('use-lite');
  });

  it.each([
    ['fewer layers', (layers: typeof fitted.layers) => layers.slice(1)],
    ['fewer heads', ([first = [], ...rest]: typeof fitted.layers) => [first.slice(1), ...rest]],
    ['layers in another order', (layers: typeof fitted.layers) => [...layers].reverse()],
  ])('refuses a layer of %s', async (_, edit) => {
    const other = { ...fitted, layers: edit(fitted.layers) };
    await expect(checkBelongs(other, model)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('tiny has 6+6, 5+5+5, 5+5+5; they must match'),
    });
  });
});

describe('fittedSource', () => {
  const layers = [{ stack: 'encoder', heads: 2, headWidth: 4 }] as const;
  const fitted = madeLearned(layers);
  const source = fittedSource(fitted);

  it('gives each head its own neurons, under every seed', () => {
    expect(source({ layer: 0, head: 1, width: 4 }, 1)).toBe(fitted.layers[0]?.[1]);
    expect(source({ layer: 0, head: 1, width: 4 }, 2)).toBe(fitted.layers[0]?.[1]);
  });

  it('has none for heads of other transformers', () => {
    expect(() => source({ layer: 1, head: 0, width: 4 }, 1)).toThrowError(
      expect.objectContaining({
        code: 'BAD_INPUT',
        message: expect.stringContaining('learned, 6 neurons, of tiny has no head 1.0'),
      }),
    );
  });
});
