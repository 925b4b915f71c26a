import type { PlotOptions, RenderFunction } from '@observablehq/plot';
import type { ColourMap } from './colour-map.js';
import { cssColour } from './palette.js';

/** How a figure is drawn; the same data at another width is another layout, not a scaled picture. */
export interface FigureOptions {
  /** Outer width, CSS pixels. */
  readonly width?: number;
}

/** Size of all text, CSS pixels. */
export const fontSize = 12;
/** Room a character takes, CSS pixels: generous for the common sans-serif fonts. */
export const characterWidth = 6.6;

/** Options that every figure shares: type size, ink of the page, no background. */
export function frame(width: number, height: number): PlotOptions {
  return {
    width,
    height,
    style: {
      fontSize: `${fontSize}px`,
      fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
      background: 'none',
      color: 'currentColor',
    },
  };
}

type Context = Parameters<RenderFunction>[4];
type Drawn = NonNullable<ReturnType<RenderFunction>>;
const namespace = 'http://www.w3.org/2000/svg';

/** Creates an SVG element in the plot's document, which in Node is not the global one. */
export function svgElement(
  context: Context,
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  text?: string,
): Drawn {
  const element = context.document.createElementNS(namespace, name) as Drawn;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** An entry of a key: a name and how its marks look. */
export interface KeyEntry {
  readonly label: string;
  readonly colour: string;
  readonly shape: 'line' | 'dot' | 'ring' | 'dash' | 'cross';
}

function swatch(context: Context, { colour, shape }: KeyEntry, x: number, y: number): Drawn[] {
  const stroke = { stroke: colour, 'stroke-width': 2, fill: 'none' };
  const dot = { cx: x + 9, cy: y, r: 3.2 };
  if (shape === 'dot') return [svgElement(context, 'circle', { ...dot, fill: colour })];
  if (shape === 'ring') return [svgElement(context, 'circle', { ...dot, ...stroke })];
  if (shape === 'cross') {
    const d = `M${x + 6},${y - 3}l6,6m0,-6l-6,6`;
    return [svgElement(context, 'path', { ...stroke, d })];
  }
  const dashes = shape === 'dash' ? { 'stroke-dasharray': '4 3' } : {};
  return [svgElement(context, 'path', { ...stroke, ...dashes, d: `M${x},${y}h18` })];
}

/** Mark: a key in the top margin, from the left edge on, one row; it belongs to the SVG, not the page. */
export function key(entries: readonly KeyEntry[], y = 32): RenderFunction {
  return (_index, _scales, _values, dimensions, context) => {
    const group = svgElement(context, 'g', { 'text-anchor': 'start', 'aria-label': 'key' });
    let x = Math.min(dimensions.marginLeft, 44);
    for (const entry of entries) {
      group.append(...swatch(context, entry, x, y));
      group.append(svgElement(context, 'text', { x: x + 24, y, dy: '0.34em' }, entry.label));
      x += 24 + entry.label.length * characterWidth + 18;
    }
    return group;
  };
}

/** Height of the top margin under which a colour bar fits. */
export const colourBarMargin = 54;

/** Mark: the legend of a colour map, over the plot's whole width, in the top margin. */
export function colourBar(map: ColourMap, title: string): RenderFunction {
  return (_index, _scales, _values, dimensions, context) => {
    const left = dimensions.marginLeft;
    const width = dimensions.width - left - dimensions.marginRight;
    const group = svgElement(context, 'g', { 'aria-label': 'legend' });
    const place = { x: left, y: 10, 'text-anchor': 'start' };
    group.append(svgElement(context, 'text', { ...place, 'font-weight': 600 }, title));
    const shown = map.colours.slice(map.legend.from);
    shown.forEach((colour, i) => {
      group.append(
        svgElement(context, 'rect', {
          x: left + (width * i) / shown.length,
          y: 19,
          width: width / shown.length + (i + 1 < shown.length ? 0.4 : 0),
          height: 9,
          fill: cssColour(colour),
          'shape-rendering': 'crispEdges',
        }),
      );
    });
    for (const { at, text } of map.legend.ticks) {
      const anchor = at === 0 ? 'start' : at === 1 ? 'end' : 'middle';
      const x = left + width * at;
      group.append(svgElement(context, 'text', { x, y: 42, 'text-anchor': anchor }, text));
    }
    return group;
  };
}
