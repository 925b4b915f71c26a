import * as Plot from '@observablehq/plot';
import type { CurveChart } from '../study/chart.js';
import { formatNumber, formatTick } from './format.js';
import { characterWidth, type FigureOptions, frame } from './frame.js';
import { spread } from './neurons.js';
import { kindColour } from './palette.js';

/** An estimate in a figure. */
export interface CurvePoint {
  readonly series: string;
  readonly x: number;
  readonly value: number;
  /** Ends of the interval; the value itself where there is none. */
  readonly low: number;
  readonly high: number;
}

/** The points of a curve by series, in the order of first appearance, x rising. */
export function studyCurves(chart: CurveChart): readonly (readonly CurvePoint[])[] {
  const names = [...new Set(chart.points.map(({ series }) => series))];
  return names.map((name) =>
    chart.points
      .filter(({ series }) => series === name)
      .map(({ series, x, estimate: { value, interval = [value, value] } }) => ({
        series,
        x,
        value,
        low: interval[0],
        high: interval[1],
      }))
      .sort((a, b) => a.x - b.x),
  );
}

/**
 * Estimates against a number, x logarithmic (base 2): a line and a colour a series, named at its end, and a bar for
 * each interval.
 */
export function studyCurveFigure(
  chart: CurveChart,
  { width = 640 }: FigureOptions = {},
): Plot.PlotOptions {
  const curves = studyCurves(chart);
  const all = curves.flat();
  const height = Math.max(340, 130 + 16 * curves.length);
  const low = Math.min(...all.map((point) => point.low));
  const high = Math.max(...all.map((point) => point.high));
  const ends = curves.map((curve) => curve[curve.length - 1] as CurvePoint);
  const places = spread(
    ends.map(({ value }) => value),
    ((high - low) * 15) / (height - 92),
  );
  const colour = ({ series }: { series: string }) =>
    kindColour(ends.findIndex((end) => end.series === series));
  const longest = Math.max(0, ...ends.map(({ series }) => series.length));
  const place = { x: 'x', stroke: colour } as const;
  return {
    ...frame(width, height),
    marginLeft: 58,
    marginTop: 48,
    marginRight: 20 + Math.ceil(longest * characterWidth * 1.1),
    marginBottom: 44,
    x: {
      type: 'log',
      base: 2,
      label: `${chart.x} →`,
      labelAnchor: 'right',
      labelArrow: 'none',
      ticks: [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b),
      tickFormat: (value: number) => String(value),
    },
    y: {
      label: chart.y,
      grid: true,
      nice: true,
      domain: [low, high],
      ticks: 6,
      tickFormat: formatTick,
    },
    marks: [
      Plot.line(all, { ...place, y: 'value', z: 'series', strokeWidth: 2 }),
      Plot.ruleX(all, { ...place, y1: 'low', y2: 'high', strokeWidth: 1.5, strokeOpacity: 0.7 }),
      Plot.dot(all, {
        x: 'x',
        y: 'value',
        r: 3,
        fill: colour,
        title: ({ series, x, value, low: from, high: to }: CurvePoint) =>
          `${series}, ${x}: ${formatNumber(value)} (${formatNumber(from)} to ${formatNumber(to)})`,
      }),
      Plot.text(
        ends.map(({ series, x }, i) => ({ series, x, place: places[i] })),
        {
          x: 'x',
          y: 'place',
          text: 'series',
          fill: colour,
          fontWeight: 600,
          textAnchor: 'start',
          dx: 9,
        },
      ),
    ],
  };
}
