import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { encodeNpz } from '../../src/checkpoint/npz.js';
import { calibrate } from '../../src/compare/calibrate.js';
import { compare } from '../../src/compare/compare.js';
import { statisticsArrays } from '../../src/hidden/statistics.js';
import { mean } from '../../src/numeric/statistics.js';
import { studyDigits } from '../../src/study/digits.js';
import { studyPainting } from '../../src/study/painting.js';
import { loadModel } from '../../src/transformer/model.js';
import { readTestDigits } from '../fixtures/reference.js';
import { drawPicture, fitTiny, sourceWith, tinyModel } from '../hidden/fitted/tiny.js';

/** The tiny painter with statistics and a fitted layer beside it. */
async function loadPainter() {
  const plain = await tinyModel;
  const statistics = await calibrate(plain, [{ image: drawPicture(1) }, { image: drawPicture(2) }]);
  const bytes = encodeNpz(statisticsArrays(statistics, plain.layers));
  const source = sourceWith([await fitTiny('learned', 12, { seed: 5 })]);
  return loadModel({
    name: source.name,
    read: async (file) => (file === 'calibration.npz' ? bytes : source.read(file)),
  });
}

describe('study painting', () => {
  it('gives the losses of compare, a mask with every draw', async () => {
    const model = await loadPainter();
    const images = [3, 4, 5].map((seed) => ({ image: drawPicture(seed) }));
    const { rows } = await studyPainting(model, images, { seeds: 2 });
    expect(rows.map(({ labels }) => `${labels.hidden}, ${labels.neurons}`)).toEqual([
      'performer, orthogonal, 64',
      'performer, orthogonal, 256',
      'performer, orthogonal, 1024',
      'matched, orthogonal, 64',
      'matched, orthogonal, 256',
      'matched, orthogonal, 1024',
      'learned, 12',
    ]);
    const lossOf = async (hidden: object) => {
      const comparisons = await Promise.all(
        images.flatMap((image) => [1, 2].map((seed) => compare(model, image, { hidden, seed }))),
      );
      return mean(
        comparisons.map(({ output }) => (output.type === 'picture' ? output.loss : Number.NaN)),
      );
    };
    const matched = await lossOf({ kind: 'matched', neurons: 64 });
    expect(rows[3]?.values.loss?.value).toBeCloseTo(matched, 10);
    expect(rows[3]?.values.loss).toMatchObject({ inputs: 3, draws: 2 });
    const learned = await lossOf({ kind: 'learned', neurons: 12 });
    expect(rows[6]?.values.loss?.value).toBeCloseTo(learned, 10);
    expect(learned).not.toBeCloseTo(matched, 3);
  });
});

describe('study digits', () => {
  it('gives the share of labels that compare finds equal', async () => {
    const model = await loadModel(vitDigits);
    const images = readTestDigits()
      .slice(0, 6)
      .map((image) => ({ image }));
    const { rows, charts } = await studyDigits(model, images, { quick: true, seeds: 2 });
    const hidden = { kind: 'performer', neurons: 16 };
    const agreements: number[] = [];
    for (const image of images) {
      for (const seed of [1, 2]) {
        const { output } = await compare(model, image, { hidden, seed });
        agreements.push(output.type === 'label' ? output.agreement : Number.NaN);
      }
    }
    // Neither none nor all, or the test would show nothing.
    expect(mean(agreements)).toBeGreaterThan(0);
    expect(mean(agreements)).toBeLessThan(1);
    expect(rows[0]?.labels).toEqual({ hidden: 'performer, iid', neurons: 16 });
    expect(rows[0]?.values.agreement?.value).toBeCloseTo(mean(agreements), 12);
    expect(rows[0]?.expected).toMatchObject({ of: 'agreement', value: 0.46 });
    expect(charts[0]).toMatchObject({ type: 'curve', name: 'digits' });
  });
});
