import type { PlotOptions } from '@observablehq/plot';
import { describe, expect, it } from 'vitest';
import {
  chooseHeads,
  driftFigure,
  figures,
  formatFixed,
  formatNumber,
  formatTick,
  headsFigure,
  outputsFigure,
  patchesFigure,
  printable,
  tokenLabels,
} from '../../src/figure/index.js';
import { fakeEmbedding, fakeLabel, fakePainting, fakeSweep } from './fake-comparison.js';
import { dataMarks, markData } from './marks.js';

const embedding = fakeEmbedding();
const label = fakeLabel();
const painting = fakePainting();

describe('figures of a comparison', () => {
  const all = [
    ...figures(embedding, fakeSweep('embedding')),
    ...figures(label, fakeSweep('label')),
    ...figures(painting, fakeSweep('picture')),
  ];

  it('have names that are unique within a comparison and fit for files', () => {
    for (const comparison of [embedding, label, painting]) {
      const names = figures(comparison, fakeSweep(comparison.output.type)).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names.filter((name) => !/^[a-z0-9][a-z0-9.-]*$/.test(name))).toEqual([]);
    }
  });

  it('say on every axis what is measured and in which unit', () => {
    for (const { name, options } of all) {
      if (name.startsWith('patches')) continue;
      const texts = (axis: PlotOptions['x']) => axis?.label ?? '';
      expect(`${name}: ${texts(options.x)}`).toMatch(/no unit|neurons|token|layer|key|position/);
      if (name !== 'heads') {
        expect(`${name}: ${texts(options.y)}`).toMatch(/no unit|dB|0 = same|1 = same|query|class/);
      }
    }
  });

  it('have captions of a sentence or more and something to draw', () => {
    for (const { caption, options } of all) {
      expect(caption.length).toBeGreaterThan(50);
      expect(caption).toMatch(/\.$/);
      expect(dataMarks(options)).toBeGreaterThan(0);
    }
  });

  it('leave the sweep out where there is none', () => {
    expect(figures(embedding).map(({ name }) => name)).not.toContain('neurons');
    expect(all.filter(({ name }) => name === 'neurons')).toHaveLength(3);
  });
});

describe('chosen heads', () => {
  it('are best, median and worst by output error', () => {
    const sorted = [...painting.heads].sort((a, b) => a.outputError - b.outputError);
    const chosen = chooseHeads(painting.heads, painting.details.heads);
    expect(chosen.map(({ role }) => role)).toEqual(['best', 'median', 'worst']);
    expect(chosen.map(({ numbers }) => numbers)).toEqual([sorted[0], sorted[12], sorted[25]]);
    for (const { numbers, detail } of chosen) {
      expect([detail.layer, detail.head]).toEqual([numbers.layer, numbers.head]);
    }
  });

  it('are only swapped ones where some are swapped, and never twice the same', () => {
    const heads = embedding.heads.map((head, i) => ({ ...head, swapped: i === 2 || i === 5 }));
    const chosen = chooseHeads(heads, embedding.details.heads);
    expect(chosen.map(({ role }) => role)).toEqual(['best', 'worst']);
    expect(chosen.every(({ numbers }) => numbers.swapped)).toBe(true);
  });
});

describe('figures of all heads, drift, outputs and patches', () => {
  it('place every head by its output error in the row of its layer', () => {
    const points = markData(headsFigure(painting.heads), 1) as { error: number; layer: string }[];
    expect(points.map(({ error }) => error)).toEqual(
      painting.heads.map(({ outputError }) => outputError),
    );
    expect(points[0]?.layer).toBe('encoder 0');
    expect(points[25]?.layer).toBe('decoder 6');
  });

  it('follow the drift in order, encoder before decoder', () => {
    const { x } = driftFigure(painting.drift);
    expect(x?.domain).toEqual([
      ...[0, 1, 2, 3, 4].map((i) => `encoder ${i}`),
      'decoder 5',
      'decoder 6',
    ]);
    const points = markData(driftFigure(painting.drift), 0) as { relative: number }[];
    expect(points.map(({ relative }) => relative)).toEqual(
      painting.drift.map(({ relative }) => relative),
    );
  });

  it('pair both outputs number by number', () => {
    for (const { details } of [embedding, label]) {
      const outputs = details.outputs;
      if (!outputs) throw new Error('the fake has outputs');
      const pairs = markData(outputsFigure(outputs), details.tokens.type === 'text' ? 1 : 0);
      expect(pairs).toEqual(
        Array.from(outputs.softmax, (softmax, index) => ({
          index,
          softmax,
          twin: outputs.twin[index],
        })),
      );
    }
  });

  it('shade the patch of each token and leave hidden patches clear', () => {
    const detail = painting.details.heads[0];
    const { tokens, pictures } = painting.details;
    if (!detail || tokens.type !== 'patches' || !pictures) throw new Error('the fake has patches');
    const options = patchesFigure({
      detail,
      grid: tokens.grid,
      patches: tokens.encoder,
      picture: pictures.original,
    });
    const data = markData(options, 0) as { row: number; column: number; ratio: number }[];
    expect(data).toHaveLength(tokens.encoder.length - 1);
    data.forEach(({ row, column, ratio }, i) => {
      expect(row * 12 + column).toBe(tokens.encoder[i + 1]);
      const expected = Math.log((detail.response[i + 1] ?? 0) / (detail.normaliser[i + 1] ?? 0));
      expect(ratio).toBeCloseTo(expected, 12);
    });
  });
});

describe('texts in figures', () => {
  it('write numbers for people', () => {
    expect([0.71234, 1234.5, 0, -0.5, 1e-7, Number.NaN, null].map((n) => formatNumber(n))).toEqual([
      '0.712',
      '1235',
      '0',
      '−0.500',
      '1.00e−7',
      '–',
      '–',
    ]);
    expect([0.05, 0.1, 100, 1500, 0].map(formatTick)).toEqual(['0.05', '0.1', '100', '1500', '0']);
    expect([formatFixed(-1.25, 1), formatFixed(-0.001, 2)]).toEqual(['−1.3', '0.00']);
  });

  it('contain no character that XML forbids', () => {
    expect(printable('a\u0000b\u001bc\ud800d\ufffe')).toBe('a·b·c·d·');
    expect(printable('naïve 😀 –')).toBe('naïve 😀 –');
  });

  it('name patches by row and column, the class token by its name, long pieces shortened', () => {
    const patches = { type: 'patches', grid: 7, encoder: [-1, 0, 8, 48], decoder: [] } as const;
    expect(tokenLabels(patches, 'encoder')).toEqual(['class', '1,1', '2,2', '7,7']);
    const text = { type: 'text', pieces: ['▁the', 're', '▁', '▁antidisestablishment'] } as const;
    expect(tokenLabels(text, 'encoder')).toEqual(['the', 're', '␣', 'antidisestabl…']);
  });
});
