import * as Plot from '@observablehq/plot';
import type { LayerDrift } from '../compare/comparison.js';
import { formatTick } from './format.js';
import { type FigureOptions, frame } from './frame.js';
import { layerName } from './labels.js';
import { decoderColour, neutralColour } from './palette.js';

/**
 * How far the twin's residual stream is from the transformer's after each layer, ‖x̂ − x‖ / ‖x‖, all errors
 * flowing on. A line for each stack: the decoder starts from the encoder's output, re-embedded.
 */
export function driftFigure(
  drift: readonly LayerDrift[],
  { width = 420 }: FigureOptions = {},
): Plot.PlotOptions {
  const twoStacks = drift.some(({ stack }) => stack === 'decoder');
  const points = drift.map((layer) => ({ ...layer, name: layerName(layer, twoStacks) }));
  const colour = ({ stack }: LayerDrift) => (stack === 'encoder' ? neutralColour : decoderColour);
  const place = { x: 'name', y: 'relative' } as const;
  const rotate = points.length > 4 && twoStacks;
  return {
    ...frame(width, rotate ? 330 : 280),
    marginLeft: 58,
    marginTop: 44,
    marginRight: 20,
    marginBottom: rotate ? 92 : 44,
    x: {
      type: 'point',
      label: 'after layer →',
      labelAnchor: 'right',
      labelArrow: 'none',
      domain: points.map(({ name }) => name),
      padding: 0.4,
      ...(rotate ? { tickRotate: -60 } : {}),
    },
    y: {
      label: 'relative drift (no unit; 0 = same)',
      domain: [0, Math.max(...points.map(({ relative }) => relative)) * 1.12 || 1],
      grid: true,
      ticks: 5,
      tickFormat: formatTick,
    },
    marks: [
      Plot.line(points, { ...place, z: 'stack', stroke: colour, strokeWidth: 2 }),
      Plot.dot(points, { ...place, r: 4, fill: colour }),
      Plot.text(points, {
        ...place,
        text: ({ relative }: LayerDrift) => formatTick(relative),
        dy: -12,
        fontSize: 11,
      }),
    ],
  };
}
