import { readFile } from 'node:fs/promises';
import type { ModelInput, Picture } from '@tripartite/sdk';
import { expect, it } from 'vitest';
import { samplePath } from '../../src/model-registry.js';
import { decodePicture } from '../../src/picture-reader.js';
import {
  readDigits,
  readParagraphs,
  readPhotographs,
  readUnlike,
} from '../../src/reproduce/held-out.js';

const pictureOf = (input: ModelInput | undefined): Picture | undefined =>
  input && 'image' in input ? input.image : undefined;

it('cuts 500 digits out of their sheet, the samples first', async () => {
  const { inputs } = await readDigits();
  expect(inputs).toHaveLength(500);
  for (const [index, name] of ['zero', 'seven', 'six', 'zero-2'].entries()) {
    const sample = await decodePicture(
      await readFile(await samplePath(`sample:${name}`, ['.png'])),
      name,
    );
    expect(pictureOf(inputs[index])?.data.join()).toBe(sample.data.join());
  }
  const all = new Set(inputs.map((input) => pictureOf(input)?.data.join()));
  expect(all.size).toBe(500);
});

it('reads at least a hundred paragraphs, texts of ten kinds, and twelve photographs', async () => {
  const paragraphs = await readParagraphs();
  expect(paragraphs.inputs.length).toBeGreaterThanOrEqual(100);
  const unlike = await readUnlike();
  expect(new Set(unlike.inputs.kinds.map(({ kind }) => kind)).size).toBe(10);
  expect(unlike.inputs.paragraphs).toEqual(paragraphs.inputs);
  const photographs = await readPhotographs();
  expect(photographs.inputs).toHaveLength(12);
  for (const input of photographs.inputs) {
    expect(pictureOf(input)).toMatchObject({ width: 96, height: 96 });
  }
  const hashes = [paragraphs, unlike, photographs].map(({ sha256 }) => sha256);
  expect(new Set(hashes).size).toBe(3);
});
