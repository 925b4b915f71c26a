import * as Plot from '@observablehq/plot';
import type { HeadDetail, TokenLabels } from '../compare/comparison.js';
import { attentionColours, type ColourMap, differenceColours } from './colour-map.js';
import { formatNumber, formatTick } from './format.js';
import {
  characterWidth,
  colourBar,
  colourBarMargin,
  type FigureOptions,
  frame,
  svgElement,
} from './frame.js';
import { tokenLabels } from './labels.js';
import { cssColour } from './palette.js';
import { encodeMatrix, pngAddress } from './raster.js';

/** Which map: softmax's, the one the network implies, or network − softmax. */
export type AttentionMap = 'softmax' | 'network' | 'difference';

/** Above this many tokens the map is one embedded PNG, not a rectangle a weight. */
const largestDrawnMap = 24;
/** Up to this many tokens the axes carry the tokens themselves. */
const largestLabelledMap = 40;

const titles: Record<AttentionMap, string> = {
  softmax: 'Transformer: attention weight',
  network: 'Neurons and astrocytes: weight',
  difference: 'Difference of the weights',
};

/** Values of a map, (tokens, tokens) by rows, and the colours that softmax and network share. */
export function attentionMap(
  detail: HeadDetail,
  which: AttentionMap,
): { values: Float32Array; colours: ColourMap } {
  const { softmax, network } = detail.attention;
  const text = (value: number) => formatTick(value);
  if (which === 'difference') {
    const values = network.map((weight, i) => weight - (softmax[i] ?? 0));
    const limit = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return { values, colours: differenceColours(limit, text) };
  }
  const larger = (most: number, value: number) => Math.max(most, value);
  const max = network.reduce(larger, softmax.reduce(larger, 0));
  const negative = network.some((weight) => weight < 0);
  return { values: detail.attention[which], colours: attentionColours(max, negative, text) };
}

interface Cell {
  readonly query: number;
  readonly key: number;
  readonly value: number;
}

function cells(values: Float32Array, tokens: number, colours: ColourMap, names: string[]) {
  const data: Cell[] = Array.from(values, (value, i) => ({
    query: Math.floor(i / tokens),
    key: i % tokens,
    value,
  }));
  return Plot.rect(data, {
    x1: ({ key }: Cell) => key - 0.5,
    x2: ({ key }: Cell) => key + 0.5,
    y1: ({ query }: Cell) => query - 0.5,
    y2: ({ query }: Cell) => query + 0.5,
    shapeRendering: 'crispEdges',
    fill: ({ value }: Cell) => cssColour(colours.colours[colours.index(value)] ?? [0, 0, 0, 0]),
    title: ({ query, key, value }: Cell) =>
      `${names[query]} → ${names[key]}: ${formatNumber(value)}`,
  });
}

function raster(values: Float32Array, tokens: number, colours: ColourMap): Plot.RenderFunction {
  return (_index, _scales, _values, dimensions, context) => {
    const { marginLeft, marginTop } = dimensions;
    return svgElement(context, 'image', {
      x: marginLeft,
      y: marginTop,
      width: dimensions.width - marginLeft - dimensions.marginRight,
      height: dimensions.height - marginTop - dimensions.marginBottom,
      preserveAspectRatio: 'none',
      'image-rendering': 'optimizeSpeed',
      style: 'image-rendering:pixelated',
      href: pngAddress(encodeMatrix(values, tokens, tokens, colours)),
    });
  };
}

/**
 * Attention weights of one head: a row for each asking token (query), a column for each token asked (key).
 * Softmax and network share one square-root colour scale; the difference (network − softmax) has its own.
 */
export function attentionFigure(
  detail: HeadDetail,
  which: AttentionMap,
  labels: TokenLabels,
  { width = 360 }: FigureOptions = {},
): Plot.PlotOptions {
  const tokens = detail.response.length;
  const { values, colours } = attentionMap(detail, which);
  const names = tokenLabels(labels, detail.stack);
  const named = tokens <= largestLabelledMap;
  const margin = named
    ? 26 + Math.ceil(Math.max(...names.map((name) => name.length)) * characterWidth * 0.8)
    : 44;
  const marginRight = 8;
  const marginBottom = margin + 4;
  const side = width - margin - marginRight;
  const axis = {
    domain: [-0.5, tokens - 0.5],
    labelAnchor: 'center',
    labelArrow: 'none',
    ...(named
      ? {
          ticks: names.map((_, i) => i),
          tickSize: 0,
          tickPadding: 4,
          tickFormat: (token: number) => names[token] ?? '',
        }
      : { ticks: 5, tickFormat: (token: number) => String(token) }),
  } as const;
  const small = named ? { style: { fontSize: `${tokens > largestDrawnMap ? 8 : 10}px` } } : {};
  const base = frame(width, colourBarMargin + side + marginBottom);
  return {
    ...base,
    ...(named ? { style: { ...(base.style as object), ...small.style } } : {}),
    marginLeft: margin,
    marginRight,
    marginTop: colourBarMargin,
    marginBottom,
    x: { ...axis, label: 'attends to (key)', ...(named ? { tickRotate: -90 } : {}) },
    y: { ...axis, label: 'token asking (query)', reverse: true },
    marks: [
      colourBar(colours, titles[which]),
      tokens <= largestDrawnMap
        ? cells(values, tokens, colours, names)
        : raster(values, tokens, colours),
      Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.35 }),
    ],
  };
}
