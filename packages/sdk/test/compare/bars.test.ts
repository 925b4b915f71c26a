import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/transformer/model.js';
import { readArrays, readPhotographs, readTestDigits, readTexts } from '../fixtures/reference.js';
import { firstSeeds, measureAgreement, measureCosine, measureLoss } from './bars.js';
import { measureBias } from './unbiased.js';

// Small forms of the checks in verify/: the same bounds, fewer seeds and inputs.

describe('how close the twin comes', { timeout: 60_000 }, () => {
  it('keeps the cosines of USE-lite that theory gives random and matched neurons', async () => {
    const model = await loadModel(useLite);
    const texts = readTexts()
      .slice(-4)
      .map(({ text }) => text);
    const cosine = (kind: string, neurons: number) =>
      measureCosine(model, texts, { kind, neurons }, firstSeeds(2));
    const performer = await cosine('performer', 256);
    expect(performer).toBeGreaterThanOrEqual(0.37);
    expect(performer).toBeLessThanOrEqual(0.46);
    expect(await cosine('matched', 256)).toBeGreaterThanOrEqual(0.66);
    expect(await cosine('matched', 1024)).toBeGreaterThanOrEqual(0.72);
  });

  it('agrees with softmax on the labels of digits', async () => {
    const model = await loadModel(vitDigits);
    const digits = readTestDigits().slice(0, 100);
    const labels = readArrays('vit-digits-test.npz', ['softmax_labels'])('softmax_labels').data;
    const agreement = (kind: string, neurons: number) =>
      measureAgreement(model, digits, labels, { kind, neurons }, firstSeeds(2));
    expect(await agreement('performer', 64)).toBeGreaterThanOrEqual(0.52);
    expect(await agreement('performer', 256)).toBeGreaterThanOrEqual(0.74);
    expect(await agreement('matched', 64)).toBeGreaterThanOrEqual(0.97);
    expect(await agreement('matched', 256)).toBeGreaterThanOrEqual(0.98);
  });

  it('paints photographs with little more error', async () => {
    const model = await loadModel(photoMae);
    const photographs = Object.values(readPhotographs());
    const loss = (neurons: number) =>
      measureLoss(model, photographs, { kind: 'matched', neurons }, firstSeeds(1));
    expect(await loss(64)).toBeLessThanOrEqual(1.6);
    expect(await loss(256)).toBeLessThanOrEqual(1.1);
  });

  it.each(['performer', 'matched'] as const)('has no bias in %s products', (kind) => {
    const errors = measureBias(kind, 1000);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThanOrEqual(4);
  });
});
