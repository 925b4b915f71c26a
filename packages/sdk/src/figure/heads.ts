import * as Plot from '@observablehq/plot';
import type { HeadComparison } from '../compare/comparison.js';
import { formatNumber, formatTick } from './format.js';
import { type FigureOptions, frame, type KeyEntry, key } from './frame.js';
import { headName, layerName } from './labels.js';
import { decoderColour, neutralColour } from './palette.js';

/** A head in the figure of heads. */
export interface HeadPoint {
  readonly name: string;
  readonly layer: string;
  readonly stack: 'encoder' | 'decoder';
  readonly swapped: boolean;
  readonly error: number;
}

/** Output error of each head with the name of its layer, in the order given. */
export function headPoints(heads: readonly HeadComparison[]): HeadPoint[] {
  const twoStacks = heads.some(({ stack }) => stack === 'decoder');
  return heads.map((head) => ({
    name: headName(head),
    layer: layerName(head, twoStacks),
    stack: head.stack,
    swapped: head.swapped,
    error: head.outputError,
  }));
}

/**
 * Output error ‖ŷ − y‖ / ‖y‖ of every head on the transformer's own q, k, v: a row a layer, a dot a head, a
 * stroke at each layer's median. Heads that the twin leaves alone are rings.
 */
export function headsFigure(
  heads: readonly HeadComparison[],
  { width = 420 }: FigureOptions = {},
): Plot.PlotOptions {
  const points = headPoints(heads);
  const layers = [...new Set(points.map(({ layer }) => layer))];
  const colour = ({ stack }: HeadPoint) => (stack === 'encoder' ? neutralColour : decoderColour);
  const sorted = [...points].sort((a, b) => a.error - b.error);
  const ends = [...new Set([sorted[0], sorted[sorted.length - 1]])].filter((point) => !!point);
  const twoStacks = points.some(({ stack }) => stack === 'decoder');
  const entries: KeyEntry[] = [
    { label: twoStacks ? 'encoder' : 'a head', colour: neutralColour, shape: 'dot' },
  ];
  if (twoStacks) entries.push({ label: 'decoder', colour: decoderColour, shape: 'dot' });
  if (points.some(({ swapped }) => !swapped)) {
    entries.push({ label: 'left to softmax', colour: neutralColour, shape: 'ring' });
  }
  const place = { x: 'error', y: 'layer' } as const;
  const title = ({ name, error }: HeadPoint) => `head ${name}: ${formatNumber(error)}`;
  return {
    ...frame(width, 92 + 40 * layers.length),
    marginLeft: 76,
    marginTop: 40,
    marginRight: 24,
    marginBottom: 44,
    x: {
      label: 'output error (no unit; 0 = same) →',
      labelArrow: 'none',
      domain: [0, (sorted[sorted.length - 1]?.error ?? 1) * 1.04 || 1],
      grid: true,
      ticks: 5,
      tickFormat: formatTick,
    },
    y: { label: null, domain: layers, tickSize: 0, padding: 0.3 },
    marks: [
      key(entries, 10),
      Plot.ruleY(layers, { stroke: 'currentColor', strokeOpacity: 0.12 }),
      Plot.tickX(
        points,
        Plot.groupY({ x: 'median' }, { ...place, stroke: 'currentColor', strokeWidth: 1.5 }),
      ),
      Plot.dot(points, {
        ...place,
        filter: 'swapped',
        r: 4,
        fill: colour,
        fillOpacity: 0.8,
        title,
      }),
      Plot.dot(points, {
        ...place,
        filter: ({ swapped }: HeadPoint) => !swapped,
        r: 4,
        stroke: colour,
        title,
      }),
      Plot.text(ends, { ...place, text: 'name', dy: -13, fontSize: 11, fontWeight: 600 }),
    ],
  };
}
