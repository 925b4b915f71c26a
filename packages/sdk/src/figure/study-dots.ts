import * as Plot from '@observablehq/plot';
import type { DotsChart } from '../study/chart.js';
import { formatNumber, formatTick } from './format.js';
import { characterWidth, type FigureOptions, frame, type KeyEntry, key } from './frame.js';
import { kindColour } from './palette.js';

/** An estimate in the figure, with where it stands. */
export interface DotPoint {
  readonly series: string;
  readonly row: string;
  /** Place on the vertical axis: rows at whole numbers, series of a row side by side. */
  readonly place: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The points of a chart, rows and series in the order of first appearance. */
export function studyDots({ points }: DotsChart): {
  readonly dots: readonly DotPoint[];
  readonly rows: readonly string[];
  readonly series: readonly string[];
} {
  const rows = [...new Set(points.map(({ row }) => row))];
  const series = [...new Set(points.map((point) => point.series))];
  const step = 0.7 / Math.max(1, series.length);
  const dots = points.map((point) => {
    const { value, interval = [value, value] } = point.estimate;
    return {
      series: point.series,
      row: point.row,
      place:
        rows.indexOf(point.row) + step * (series.indexOf(point.series) - (series.length - 1) / 2),
      value,
      low: interval[0],
      high: interval[1],
    };
  });
  return { dots, rows, series };
}

/** Estimates of named things: a row a thing, a dot and the bar of its interval a series. */
export function studyDotsFigure(
  chart: DotsChart,
  { width = 560 }: FigureOptions = {},
): Plot.PlotOptions {
  const { dots, rows, series } = studyDots(chart);
  const colour = (point: { series: string }) => kindColour(series.indexOf(point.series));
  const longest = Math.max(0, ...rows.map((row) => row.length));
  const keyRow = 20;
  const top = 20 + keyRow * series.length;
  const low = Math.min(...dots.map((dot) => dot.low));
  const high = Math.max(...dots.map((dot) => dot.high));
  const pad = (high - low) * 0.03;
  const entries = series.map(
    (name): KeyEntry => ({ label: name, colour: colour({ series: name }), shape: 'dot' }),
  );
  return {
    ...frame(width, top + 44 + Math.max(18, 9 * series.length) * rows.length),
    marginLeft: 24 + Math.ceil(longest * characterWidth),
    marginTop: top,
    marginRight: 24,
    marginBottom: 44,
    x: {
      label: `${chart.x} →`,
      labelArrow: 'none',
      domain: [low - pad, high + pad],
      grid: true,
      ticks: 5,
      tickFormat: formatTick,
    },
    y: {
      label: null,
      domain: [rows.length - 0.5, -0.5],
      ticks: rows.map((_, i) => i),
      tickFormat: (place: number) => rows[place] ?? '',
      tickSize: 0,
    },
    marks: [
      ...entries.map((entry, i) => key([entry], 10 + keyRow * i)),
      Plot.ruleY(rows.keys(), { stroke: 'currentColor', strokeOpacity: 0.12 }),
      Plot.ruleY(dots, { y: 'place', x1: 'low', x2: 'high', stroke: colour, strokeWidth: 1.5 }),
      Plot.dot(dots, {
        x: 'value',
        y: 'place',
        r: 3.4,
        fill: colour,
        title: (dot: DotPoint) =>
          `${dot.row}, ${dot.series}: ${formatNumber(dot.value)} (${formatNumber(dot.low)} to ${formatNumber(dot.high)})`,
      }),
    ],
  };
}
