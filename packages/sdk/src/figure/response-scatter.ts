import * as Plot from '@observablehq/plot';
import type { HeadDetail } from '../compare/comparison.js';
import { decadeTicks } from './decade-ticks.js';
import { formatTick } from './format.js';
import { type FigureOptions, frame, type KeyEntry, key } from './frame.js';
import { headName } from './labels.js';
import { decoderColour, neutralColour } from './palette.js';

/** A token of a head: both logarithms, base 10. */
export interface ScatterPoint {
  readonly head: string;
  readonly token: number;
  readonly stack: 'encoder' | 'decoder';
  readonly transformer: number;
  readonly network: number;
}

/** Every `step`-th token of all heads (positive responses only), so that about `most` remain. */
export function scatterPoints(
  details: readonly HeadDetail[],
  most = 600,
): { points: ScatterPoint[]; step: number } {
  const all = details
    .flatMap((detail) =>
      Array.from(detail.response, (response, token) => ({
        head: headName(detail),
        token,
        stack: detail.stack,
        transformer: (detail.logNormaliser[token] ?? 0) * Math.LOG10E,
        network: response > 0 ? (detail.logResponse[token] ?? 0) * Math.LOG10E : Number.NaN,
      })),
    )
    .filter((point) => Number.isFinite(point.network) && Number.isFinite(point.transformer));
  const step = Math.max(1, Math.ceil(all.length / most));
  return { points: all.filter((_, i) => i % step === 0), step };
}

/** Astrocyte response against normaliser, all heads, both axes logarithmic; the diagonal is equality. */
export function responseScatter(
  details: readonly HeadDetail[],
  { width = 420 }: FigureOptions = {},
): Plot.PlotOptions {
  const { points } = scatterPoints(details);
  const values = points.flatMap(({ transformer, network }) => [transformer, network]);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const pad = (high - low) * 0.03 + 0.01;
  const domain = [low - pad, high + pad];
  const decoder = points.some(({ stack }) => stack === 'decoder');
  const entries: KeyEntry[] = [
    { label: decoder ? 'encoder' : 'a token of a head', colour: neutralColour, shape: 'dot' },
    ...(decoder
      ? [{ label: 'decoder', colour: decoderColour, shape: 'dot' } satisfies KeyEntry]
      : []),
    { label: 'equal', colour: 'currentColor', shape: 'dash' },
  ];
  const axis = {
    domain,
    grid: true,
    ticks: decadeTicks(low - pad, high + pad),
    tickFormat: (value: number) => formatTick(10 ** value),
  };
  return {
    ...frame(width, width),
    marginLeft: 58,
    marginTop: 54,
    marginRight: 16,
    marginBottom: 44,
    x: { ...axis, label: 'normaliser of the transformer (no unit) →', labelArrow: 'none' },
    y: { ...axis, label: 'response of the astrocyte (no unit)' },
    marks: [
      key(entries),
      Plot.line(
        domain.map((value) => [value, value]),
        { stroke: 'currentColor', strokeOpacity: 0.6, strokeDasharray: '4 3' },
      ),
      Plot.dot(points, {
        x: 'transformer',
        y: 'network',
        r: 2.2,
        fill: ({ stack }: ScatterPoint) => (stack === 'encoder' ? neutralColour : decoderColour),
        fillOpacity: 0.55,
      }),
    ],
  };
}
