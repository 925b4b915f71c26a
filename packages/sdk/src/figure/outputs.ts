import * as Plot from '@observablehq/plot';
import { formatTick } from './format.js';
import { type FigureOptions, frame, key } from './frame.js';
import { networkColour, transformerColour } from './palette.js';

/** Up to this many numbers an output is drawn one by one, above as a cloud. */
const largestList = 24;

/** The two output vectors of a comparison, same length. */
export interface OutputVectors {
  readonly softmax: Float32Array;
  readonly twin: Float32Array;
}

function list(data: readonly OutputPair[], width: number): Plot.PlotOptions {
  const band = { y: 'index' } as const;
  return {
    ...frame(width, 102 + 22 * data.length),
    marginLeft: 44,
    marginTop: 50,
    marginRight: 16,
    marginBottom: 44,
    x: {
      label: 'score (logit, no unit) →',
      labelArrow: 'none',
      grid: true,
      nice: true,
      ticks: 5,
      tickFormat: formatTick,
    },
    y: { type: 'point', label: 'class', labelAnchor: 'top', labelArrow: 'none', padding: 0.6 },
    marks: [
      key(
        [
          { label: 'transformer', colour: transformerColour, shape: 'ring' },
          { label: 'twin', colour: networkColour, shape: 'dot' },
        ],
        32,
      ),
      Plot.link(data, {
        x1: 'softmax',
        x2: 'twin',
        y1: 'index',
        y2: 'index',
        stroke: 'currentColor',
        strokeOpacity: 0.35,
      }),
      Plot.dot(data, { ...band, x: 'softmax', r: 5, stroke: transformerColour, strokeWidth: 2 }),
      Plot.dot(data, { ...band, x: 'twin', r: 3, fill: networkColour }),
    ],
  };
}

function cloud(data: readonly OutputPair[], width: number): Plot.PlotOptions {
  const limit = data.reduce((most, { softmax, twin }) => {
    return Math.max(most, Math.abs(softmax), Math.abs(twin));
  }, 0);
  const axis = { domain: [-limit * 1.04, limit * 1.04], grid: true, ticks: 5 };
  const tickFormat = formatTick;
  return {
    ...frame(width, width),
    marginLeft: 58,
    marginTop: 54,
    marginRight: 16,
    marginBottom: 44,
    x: { ...axis, tickFormat, label: 'transformer (no unit) →', labelArrow: 'none' },
    y: { ...axis, tickFormat, label: 'twin (no unit)' },
    marks: [
      key([
        { label: 'a number of the output', colour: networkColour, shape: 'dot' },
        { label: 'equal', colour: 'currentColor', shape: 'dash' },
      ]),
      Plot.line(
        [-limit, limit].map((value) => [value, value]),
        { stroke: 'currentColor', strokeOpacity: 0.6, strokeDasharray: '4 3' },
      ),
      Plot.dot(data, { x: 'softmax', y: 'twin', r: 2.2, fill: networkColour, fillOpacity: 0.6 }),
    ],
  };
}

interface OutputPair {
  readonly index: number;
  readonly softmax: number;
  readonly twin: number;
}

/**
 * The twin's output beside the transformer's: scores of each class (counted from 0) one below another, or an
 * embedding's numbers as a cloud about the diagonal.
 */
export function outputsFigure(
  { softmax, twin }: OutputVectors,
  { width = 420 }: FigureOptions = {},
): Plot.PlotOptions {
  const data = Array.from(softmax, (value, index) => ({
    index,
    softmax: value,
    twin: twin[index] ?? 0,
  }));
  return data.length <= largestList ? list(data, width) : cloud(data, width);
}
