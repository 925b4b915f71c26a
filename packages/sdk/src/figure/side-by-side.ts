import * as Plot from '@observablehq/plot';
import type { SideBySideTwin } from '../compare/comparison.js';
import { characterWidth, type FigureOptions, fontSize, frame, svgElement } from './frame.js';
import { drawnColour, networkColour, transformerColour } from './palette.js';
import { type Side, type SideBySideRow, sideBySideRows } from './side-by-side-rows.js';

/** Colour of each side. */
export const sideColours: Readonly<Record<Side, string>> = {
  transformer: transformerColour,
  fitted: networkColour,
  drawn: drawnColour,
};

const rowHeight = 48;
/** Where in a row, downwards from 0 to 1, the words stand and the bar begins and ends. */
const words = 0.26;
const bar = { y1: 0.48, y2: 0.82 };
const top = 34;
const margins = { left: 16, right: 20 };

/** Text over the figure: what all rows have in common. */
export function sideBySideHeading(twins: readonly SideBySideTwin[]): string {
  const neurons = twins[0]?.comparison.hidden.neurons ?? 0;
  return `${neurons} hidden neuron${neurons === 1 ? '' : 's'} per head`;
}

/** Mark: a heading at the top left. */
export function heading(text: string): Plot.RenderFunction {
  return (_index, _scales, _values, { marginLeft }, context) =>
    svgElement(
      context,
      'text',
      {
        x: marginLeft,
        y: 12,
        'font-size': fontSize + 1,
        'font-weight': 600,
        'text-anchor': 'start',
      },
      text,
    );
}

type Placed = SideBySideRow & { readonly row: number };

/**
 * The answers of several hidden layers with equally many neurons, and of the transformer, as bars on one axis from 0
 * to what equal answers have; dots are single draws.
 */
export function sideBySideFigure(
  twins: readonly SideBySideTwin[],
  { width = 560 }: FigureOptions = {},
): Plot.PlotOptions {
  const { rows, label, percent } = sideBySideRows(twins);
  const placed: Placed[] = rows.map((row, at) => ({ ...row, row: at }));
  const own = rows[0]?.value ?? 1;
  const low = Math.min(0, ...rows.flatMap(({ value, values }) => [value, ...values]));
  const colour = ({ side }: SideBySideRow) => sideColours[side];
  const at = (place: number) => ({ y: ({ row }: Placed) => row + place });
  const line = { frameAnchor: 'left', textAnchor: 'start', ...at(words) } as const;
  const plotWidth = width - margins.left - margins.right;
  const [origins, wide] = originColumn(rows);
  const drawn = placed.flatMap(({ row, values }) => values.map((value) => ({ row, value })));
  const bars = {
    y1: ({ row }: Placed) => row + bar.y1,
    y2: ({ row }: Placed) => row + bar.y2,
    rx: 2,
  };
  return {
    ...frame(width, top + rowHeight * rows.length + 44),
    marginLeft: margins.left,
    marginRight: margins.right,
    marginTop: top,
    marginBottom: 44,
    x: {
      domain: [low, 1],
      ticks: 5,
      label: `${label} →`,
      labelAnchor: 'right',
      labelArrow: 'none',
      tickFormat: (value: number) => String(percent ? Math.round(100 * value) : value),
    },
    y: { axis: null, domain: [0, rows.length], reverse: true },
    marks: [
      heading(sideBySideHeading(twins)),
      Plot.rect(placed, { ...bars, x1: low, x2: 1, fill: 'currentColor', fillOpacity: 0.07 }),
      Plot.rect(placed, { ...bars, x1: 0, x2: 'value', fill: colour }),
      Plot.ruleX(placed, {
        x: own,
        y1: ({ row }: Placed) => row + bar.y1 - 0.06,
        y2: ({ row }: Placed) => row + bar.y2 + 0.06,
        stroke: transformerColour,
        strokeWidth: 1.5,
        strokeDasharray: '4 3',
      }),
      Plot.dot(drawn, {
        x: 'value',
        y: ({ row }: { row: number }) => row + (bar.y1 + bar.y2) / 2,
        r: 3,
        fill: 'currentColor',
        fillOpacity: 0.7,
      }),
      Plot.text(placed, { ...line, text: 'name', fontWeight: 600 }),
      Plot.text(placed, {
        ...line,
        frameAnchor: 'right',
        textAnchor: 'end',
        text: 'text',
        fontWeight: 600,
      }),
      Plot.text(wide < plotWidth ? placed : [], {
        ...at(words),
        x: low + (origins / plotWidth) * (1 - low),
        text: 'origin',
        textAnchor: 'start',
        fillOpacity: 0.75,
      }),
    ],
  };
}

/** Where the origins begin, beyond the longest name, and where they and the longest text end, CSS pixels. */
function originColumn(rows: readonly SideBySideRow[]): [begin: number, end: number] {
  // Bold words are about an eighth wider than others.
  const most = (text: (row: SideBySideRow) => string, width: number) =>
    Math.max(0, ...rows.map((row) => text(row).length * width)) + 16;
  const bold = characterWidth * 1.12;
  const begin = most(({ name }) => name, bold);
  const origin = most((row) => row.origin, characterWidth);
  return [begin, begin + origin + most(({ text }) => text, bold)];
}
