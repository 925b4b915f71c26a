import { describe, expect, it } from 'vitest';
import {
  chartFigure,
  studyCurveFigure,
  studyCurves,
  studyDots,
  studyDotsFigure,
  studyFigures,
  studySheetFigure,
} from '../../src/figure/index.js';
import type { CurveChart, DotsChart, SheetChart } from '../../src/study/chart.js';
import { fakeEmbedding } from './fake-comparison.js';
import { dataMarks, markData, tickText } from './marks.js';

const words = { title: 'A figure', caption: 'How to read it.' };
const estimate = (value: number, half?: number) => ({
  value,
  inputs: 9,
  draws: 1,
  ...(half !== undefined && { interval: [value - half, value + half] as const }),
});

const curve: CurveChart = {
  ...words,
  type: 'curve',
  name: 'curve',
  x: 'hidden neurons',
  y: 'cosine (no unit)',
  points: [
    { series: 'learned', x: 256, estimate: estimate(0.9, 0.1) },
    { series: 'matched', x: 64, estimate: estimate(0.5) },
    { series: 'learned', x: 64, estimate: estimate(0.8, 0.1) },
  ],
};
const dots: DotsChart = {
  ...words,
  type: 'dots',
  name: 'dots',
  x: 'cosine (no unit)',
  points: [
    { series: 'learned', row: 'poetry', estimate: estimate(0.9, 0.05) },
    { series: 'learned', row: 'code', estimate: estimate(0.8, 0.05) },
    { series: 'matched', row: 'poetry', estimate: estimate(0.5, 0.2) },
    { series: 'matched', row: 'code', estimate: estimate(0.4) },
  ],
};
const picture = (grey: number) => ({
  width: 2,
  height: 2,
  channels: 1 as const,
  data: new Uint8Array(4).fill(grey),
});
const sheet: SheetChart = {
  ...words,
  type: 'sheet',
  name: 'sheet',
  groups: ['as keys', 'as queries'],
  rows: [
    { name: '0.0', pictures: [[picture(1), picture(2)], [picture(3)]] },
    { name: '0.1', pictures: [[], [picture(4)]] },
  ],
};

describe('the curve of a study', () => {
  it('sorts each series, with the ends of intervals, or the value where there is none', () => {
    const [learned, matched] = studyCurves(curve);
    expect(learned?.map(({ x, value }) => [x, value])).toEqual([
      [64, 0.8],
      [256, 0.9],
    ]);
    expect(learned?.[0]?.low).toBeCloseTo(0.7, 12);
    expect(matched).toEqual([{ series: 'matched', x: 64, value: 0.5, low: 0.5, high: 0.5 }]);
  });

  it('draws lines, intervals, dots and names, and holds every interval', () => {
    const figure = studyCurveFigure(curve);
    const all = studyCurves(curve).flat();
    for (const mark of [0, 1, 2]) expect(markData(figure, mark)).toEqual(all);
    const names = markData(figure, 3) as { series: string; x: number }[];
    expect(names.map(({ series, x }) => [series, x])).toEqual([
      ['learned', 256],
      ['matched', 64],
    ]);
    expect(figure.x).toMatchObject({ type: 'log', base: 2, ticks: [64, 256] });
    expect(figure.y?.domain).toEqual([0.5, 1]);
  });
});

describe('the dots of a study', () => {
  it('stand in the row of their thing, series side by side', () => {
    const { dots: placed, rows, series } = studyDots(dots);
    expect(rows).toEqual(['poetry', 'code']);
    expect(series).toEqual(['learned', 'matched']);
    for (const { row, place } of placed) {
      expect(Math.abs(place - rows.indexOf(row))).toBeLessThan(0.5);
    }
    expect((placed[2]?.place ?? 0) - (placed[0]?.place ?? 0)).toBeGreaterThan(0.2);
  });

  it('are drawn with intervals, and rows are named', () => {
    const figure = studyDotsFigure(dots);
    expect(markData(figure, 1)).toEqual(studyDots(dots).dots);
    expect(markData(figure, 2)).toEqual(studyDots(dots).dots);
    expect(tickText(figure.y, 1)).toBe('code');
    const [low, high] = (figure.x?.domain ?? []) as number[];
    expect(low).toBeLessThan(0.3);
    expect(high).toBeGreaterThan(0.95);
  });
});

describe('figures of studies', () => {
  it('come from their charts by type', () => {
    const { details } = fakeEmbedding();
    const [detail] = details.heads;
    if (!detail) throw new Error('no head');
    const response = {
      ...words,
      type: 'response' as const,
      name: 'response',
      detail,
      tokens: details.tokens,
    };
    const figures = studyFigures({
      name: 'study',
      title: 'A study',
      notes: [],
      tables: [],
      rows: [],
      charts: [curve, dots, sheet, response, { ...curve, name: 'empty', points: [] }],
    });
    expect(figures.map(({ name }) => name)).toEqual(['curve', 'dots', 'sheet', 'response']);
    for (const { title, caption } of figures)
      expect([title, caption]).toEqual(Object.values(words));
    expect(dataMarks(chartFigure(sheet).options)).toBe(0);
    expect(dataMarks(figures[3]?.options ?? {})).toBeGreaterThan(2);
  });

  it('make room for every picture of a sheet', () => {
    const narrow = studySheetFigure(sheet, { width: 300 });
    const wide = studySheetFigure(sheet, { width: 600 });
    expect(wide.height ?? 0).toBeGreaterThan(narrow.height ?? 0);
    expect(narrow.width).toBe(300);
  });
});
