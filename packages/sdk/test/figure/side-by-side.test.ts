import { describe, expect, it } from 'vitest';
import { sideBySideVerdict } from '../../src/compare/side-by-side-verdict.js';
import {
  differenceAddress,
  hiddenWords,
  paintingNote,
  paintingsFigure,
  paintingsOf,
  pictureDifference,
  type SideBySideRow,
  sideBySideFigure,
  sideBySideFigures,
  sideBySideRows,
} from '../../src/figure/index.js';
import { hiddenKinds } from '../../src/hidden/kinds.js';
import { fakeEmbedding, fakeLabel, fakePainting } from './fake-comparison.js';
import { fakeTwins, overSeeds } from './fake-twins.js';
import { markData } from './marks.js';

const embeddings = fakeTwins(fakeEmbedding());
const labels = fakeTwins(fakeLabel());
const paintings = fakeTwins(fakePainting());
const softmax = (logits: ArrayLike<number>, at: number) => {
  const weights = Array.from(logits, (logit) => Math.exp(logit));
  return (weights[at] ?? 0) / weights.reduce((sum, weight) => sum + weight, 0);
};

describe('the rows of hidden layers side by side', () => {
  it('are the transformer and each layer in plain words, with cosines', () => {
    const { rows, label } = sideBySideRows(embeddings);
    expect(rows.map(({ side, name, text }) => [side, name, text])).toEqual([
      ['transformer', 'transformer (softmax)', '1'],
      ['fitted', 'learned', '0.968'],
      ['drawn', 'random, matched', '0.718'],
      ['drawn', 'random neurons (performer)', '0.468'],
    ]);
    const cosines = embeddings.map(({ comparison: { output } }) =>
      output.type === 'embedding' ? output.cosine : Number.NaN,
    );
    expect(rows.map(({ value }) => value)).toEqual([1, ...cosines]);
    expect(label).toContain('1 = same');
  });

  it('have the probability of the transformer’s answer, and what each says', () => {
    const { rows, percent } = sideBySideRows(labels);
    expect(percent).toBe(true);
    const { softmax: own } = labels[0]?.outputs ?? { softmax: [] };
    expect(rows[0]?.value).toBeCloseTo(softmax(own, 7), 12);
    labels.forEach(({ outputs }, i) => {
      expect(rows[i + 1]?.value).toBeCloseTo(softmax(outputs?.twin ?? [], 7), 12);
    });
    expect(rows.map(({ text }) => text)).toEqual([
      'says 7, 100 %',
      'says 7, 100 %',
      'says 7, 97 %',
      'says 2 (7 has 18 %)',
    ]);
  });

  it('have, over several seeds, each draw’s cosine or the share of draws that agree', () => {
    const { rows } = sideBySideRows(overSeeds(embeddings, 0.03));
    expect(rows.map(({ values }) => values.length)).toEqual([0, 0, 3, 3]);
    expect(rows[2]?.values[0]).toBeCloseTo(0.688, 12);
    const agreed = overSeeds(labels, 0).map((twin) => ({
      ...twin,
      comparison: {
        ...twin.comparison,
        output: {
          ...twin.comparison.output,
          ...(twin.comparison.hidden.kind === 'performer' && { agreement: 2 / 3 }),
        } as typeof twin.comparison.output,
      },
    }));
    const shares = sideBySideRows(agreed);
    expect(shares.rows.map(({ text }) => text)).toEqual([
      'says 7',
      'says 7',
      '100 % of 3 draws',
      '67 % of 3 draws',
    ]);
    expect(shares.rows[3]?.value).toBe(2 / 3);
    expect(shares.label).toContain('draws that give');
  });

  it('name every kind that there is, fitted ones with their one φ', () => {
    for (const { name } of hiddenKinds) {
      expect(hiddenWords({ kind: name, neurons: 8 }).name).toContain(name);
    }
    const sha256 = 'd'.repeat(64);
    const fitted = { neurons: 8, sha256 };
    expect(hiddenWords({ ...fitted, kind: 'learned', shared: true }).name).toBe('learned, one φ');
    for (const kind of ['learned', 'fine-tuned', 'adapted', 'matched']) {
      expect(hiddenWords({ ...fitted, kind }).name).toContain(kind);
    }
  });
});

describe('the figure of hidden layers side by side', () => {
  it('draws every value from 0 on an axis that ends where answers are the same', () => {
    const { x } = sideBySideFigure(embeddings);
    expect(x?.domain).toEqual([0, 1]);
    expect(markData(sideBySideFigure(embeddings), 1)).toEqual(
      sideBySideRows(embeddings).rows.map((row, at) => ({ ...row, row: at })),
    );
    const below = embeddings.map((twin) => ({
      ...twin,
      comparison: {
        ...twin.comparison,
        output: { type: 'embedding', cosine: -0.2, relativeError: 1.5 } as const,
      },
    }));
    expect(sideBySideFigure(below).x?.domain).toEqual([-0.2, 1]);
  });

  it('shows each draw as a dot', () => {
    const dots = markData(sideBySideFigure(overSeeds(embeddings, 0.03)), 3) as { row: number }[];
    expect(dots.map(({ row }) => row)).toEqual([2, 2, 2, 3, 3, 3]);
  });

  it('says where weights come from only where every row has room for it', () => {
    const origins = (width: number) =>
      (markData(sideBySideFigure(embeddings, { width }), 6) as SideBySideRow[]).length;
    expect([origins(340), origins(720)]).toEqual([0, 4]);
  });

  it('has a title and a caption for every type of output, and is none for nothing', () => {
    const all = [embeddings, labels, overSeeds(labels, 0), paintings];
    const captions = all.map((twins) => sideBySideFigures(twins)[0]?.caption);
    expect(new Set(captions).size).toBe(4);
    for (const caption of captions) expect(caption).toMatch(/^Only the weights .{50,}\.$/);
    expect(sideBySideFigures([])).toEqual([]);
  });
});

describe('paintings side by side', () => {
  const found = paintingsOf(paintings);
  if (!found) throw new Error('the fakes are painted');

  it('are the transformer’s and each layer’s, with PSNR against the transformer’s', () => {
    expect(found.list.map(({ name, agreement }) => [name, agreement])).toEqual([
      ['transformer (softmax)', Number.POSITIVE_INFINITY],
      ['learned', 31],
      ['random, matched', 27],
      ['random neurons (performer)', 23],
    ]);
    expect(found.list.map(paintingNote)).toEqual([
      'what the others stand in for',
      'PSNR 31.0 dB against it',
      'PSNR 27.0 dB against it',
      'PSNR 23.0 dB against it',
    ]);
    expect(paintingsOf(embeddings)).toBeUndefined();
  });

  it('differ from the transformer’s by the mean of the colours, all on one linear scale', () => {
    const [own, ...others] = found.list;
    let most = 0;
    for (const { picture, difference } of others) {
      for (const pixel of [0, 95, 5000, 9215]) {
        const sum = [0, 1, 2].reduce((total, c) => {
          const at = 3 * pixel + c;
          return total + (picture.data[at] ?? 0) - (own?.picture.data[at] ?? 0);
        }, 0);
        expect(difference?.[pixel]).toBeCloseTo(sum / 3, 5);
      }
      difference?.forEach((value) => {
        most = Math.max(most, Math.abs(value));
      });
    }
    expect(found.limit).toBe(most);
    const index = (share: number) => found.colours.index(share * most);
    expect([-2, -1, -0.5, 0, 0.5, 1].map(index)).toEqual([0, 0, 8, 16, 24, 32]);
    expect(differenceAddress(own as (typeof found.list)[0], found)).toBeUndefined();
  });

  it('are equal for equal pictures, which have no scale', () => {
    const same = paintings.map((twin) => ({
      ...twin,
      ...(twin.pictures?.softmax && {
        pictures: { ...twin.pictures, twin: twin.pictures.softmax },
      }),
    }));
    const equal = paintingsOf(same);
    expect(equal?.limit).toBe(0);
    expect(equal?.colours.index(0)).toBe(16);
  });

  it('stand in one row where there is room, else one below another, never overlapping', () => {
    const tiles = (width: number) =>
      markData(paintingsFigure(paintings, { width }) ?? {}, 0) as { x: number; y: number }[];
    const wide = tiles(1024);
    expect(new Set(wide.map(({ y }) => y)).size).toBe(1);
    expect(new Set(wide.map(({ x }) => x)).size).toBe(4);
    const narrow = tiles(340);
    expect(new Set(narrow.map(({ x }) => x)).size).toBe(1);
    const steps = narrow.slice(1).map(({ y }, i) => y - (narrow[i]?.y ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan((340 - 16) / 2);
  });

  it('has differences that are 0 between a picture and itself', () => {
    const picture = found.list[0]?.picture;
    if (!picture) throw new Error('no picture');
    expect(pictureDifference(picture, picture).some((value) => value !== 0)).toBe(false);
  });
});

describe('the verdict on hidden layers side by side', () => {
  it('is one sentence with every number, for each type of output', () => {
    expect(sideBySideVerdict([embeddings])).toBe(
      'With the same 64 hidden neurons per head, the cosine with the transformer’s embedding is 0.97 with learned weights, 0.72 and 0.47 with random ones (matched, performer).',
    );
    expect(sideBySideVerdict([labels])).toBe(
      'With the same 64 hidden neurons per head, the answer, 7 by the transformer, is 7 with learned weights, 7 and 2 with random ones (matched, performer); the scores are off by 2.0 %, 32 % and 62 %.',
    );
    expect(sideBySideVerdict([labels.slice(0, 2)])).toContain(
      'all give the transformer’s answer, 7; the scores are off by 2.0 % with learned weights, 32 % with random ones (matched).',
    );
    expect(sideBySideVerdict([paintings])).toBe(
      'With the same 64 hidden neurons per head, the PSNR against the transformer’s painting is 31.0 dB with learned weights, 27.0 dB and 23.0 dB with random ones (matched, performer).',
    );
  });

  it('has means over inputs, and rates of agreement', () => {
    const other = fakeTwins(fakeLabel()).map((twin) => ({
      ...twin,
      comparison: {
        ...twin.comparison,
        output: { ...twin.comparison.output, agreement: 1 } as typeof twin.comparison.output,
      },
    }));
    expect(sideBySideVerdict([labels, other])).toContain(
      'the share of cases with the transformer’s answer is 100 % with learned weights, 100 % and 50 % with random ones',
    );
  });

  it('says so where no layer was fitted, and nothing of nothing', () => {
    expect(sideBySideVerdict([embeddings.slice(1)])).toContain(
      '0.72 and 0.47 with random weights (matched, performer).',
    );
    expect(sideBySideVerdict([])).toBe('');
  });
});
