import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../src/compare/compare.js';
import { checkBelongs } from '../../../src/hidden/fitted/belongs.js';
import type { Picture } from '../../../src/image/picture.js';
import { loadModel } from '../../../src/transformer/model.js';
import { readTestDigits } from '../../fixtures/reference.js';

describe.each([useLite, vitDigits, photoMae])('the fitted layers of $name', async (brought) => {
  const model = await loadModel(brought);
  const entries = await model.fittedLayers();

  it.each(entries)('$file is what the list says, and belongs to the model', async (entry) => {
    const { kind, neurons, shared } = entry;
    const fitted = await model.fitted({ kind, neurons, shared });
    expect(fitted).toMatchObject({ kind, neurons, shared, model: model.name });
    await checkBelongs(fitted, model);
    expect(Object.keys(fitted.quality).length).toBeGreaterThan(1);
  });

  it('stand in the package’s list of files, each', () => {
    for (const { file } of entries) expect(Object.keys(brought.files)).toContain(file);
  });
});

it('16 fitted neurons a head come nearer to the transformer than 256 matched ones', async () => {
  const model = await loadModel(vitDigits);
  const errors = { fitted: 0, matched: 0 };
  for (const image of readTestDigits() as Picture[]) {
    const fitted = await compare(model, { image }, { hidden: { neurons: 16 } });
    const matched = await compare(model, { image }, { hidden: { kind: 'matched', neurons: 256 } });
    if (fitted.output.type !== 'label' || matched.output.type !== 'label') throw new Error('label');
    errors.fitted += fitted.output.logitError;
    errors.matched += matched.output.logitError;
  }
  expect(errors.fitted).toBeLessThan(errors.matched);
});
