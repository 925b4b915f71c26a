import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../src/transformer/model.js';
import { firstSeeds, measureAgreement, measureCosine, measureLoss } from '../test/compare/bars.js';
import {
  readArrays,
  readPhotographs,
  readTestDigits,
  readTexts,
} from '../test/fixtures/reference.js';
import { report } from './report.js';

describe('USE-lite, the four reference texts of 100 tokens and more, 10 seeds', async () => {
  const model = await loadModel(useLite);
  const texts = readTexts().slice(-4);

  it.for([
    ['performer', 256, 0.37, 0.46],
    ['performer', 1024, 0.42, 0.53],
    ['performer', 4096, 0.46, 0.58],
    ['matched', 256, 0.66, 1],
    ['matched', 1024, 0.72, 1],
    ['matched', 4096, 0.77, 1],
  ] as const)('keeps a cosine with %s, %i neurons, within %d and %d', async (bar, { task }) => {
    const [kind, neurons, least, most] = bar;
    const cosine = await measureCosine(
      model,
      texts.map(({ text }) => text),
      { kind, neurons },
      firstSeeds(10),
    );
    report(task, { what: 'use-lite, cosine', kind, neurons, value: cosine, least, most });
    expect(cosine).toBeGreaterThanOrEqual(least);
    expect(cosine).toBeLessThanOrEqual(most);
  });
});

describe('vit-digits, 500 test digits, 5 seeds', async () => {
  const model = await loadModel(vitDigits);
  const digits = readTestDigits();
  const labels = readArrays('vit-digits-test.npz')('softmax_labels').data;

  it.for([
    ['performer', 64, 0.52],
    ['performer', 256, 0.74],
    ['matched', 64, 0.97],
    ['matched', 256, 0.98],
  ] as const)(
    'agrees with softmax with %s, %i neurons, in a share of at least %d',
    async (bar, { task }) => {
      const [kind, neurons, least] = bar;
      const hidden = { kind, neurons };
      const agreement = await measureAgreement(model, digits, labels, hidden, firstSeeds(5));
      report(task, { what: 'vit-digits, agreement', ...hidden, value: agreement, least });
      expect(agreement).toBeGreaterThanOrEqual(least);
    },
  );
});

describe('photo-mae, twelve photographs, 5 masks', async () => {
  const model = await loadModel(photoMae);
  const photographs = Object.values(readPhotographs());

  it.for([
    [64, 1.6],
    [256, 1.1],
  ] as const)('loses with matched, %i neurons, at most %d dB of PSNR', async (bar, { task }) => {
    const [neurons, most] = bar;
    const hidden = { kind: 'matched', neurons };
    const loss = await measureLoss(model, photographs, hidden, firstSeeds(5));
    report(task, { what: 'photo-mae, loss of PSNR (dB)', ...hidden, value: loss, most });
    expect(loss).toBeLessThanOrEqual(most);
  });
});
