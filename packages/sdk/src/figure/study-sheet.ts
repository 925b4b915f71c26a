import type { PlotOptions, RenderFunction } from '@observablehq/plot';
import type { SheetChart } from '../study/chart.js';
import { type FigureOptions, fontSize, frame, svgElement } from './frame.js';
import { encodePicture, pngAddress } from './raster.js';

/** Room for the names of rows, over the groups, and between two pictures; CSS pixels. */
const [left, top, gap] = [130, 28, 4];

/** Small pictures in rows, in groups with a heading each. */
export function studySheetFigure(
  { groups, rows }: SheetChart,
  { width = 720 }: FigureOptions = {},
): PlotOptions {
  const counts = groups.map((_, group) =>
    Math.max(1, ...rows.map(({ pictures }) => pictures[group]?.length ?? 0)),
  );
  const all = counts.reduce((sum, count) => sum + count, 0);
  // A picture's width is left free between two groups.
  const side = Math.floor((width - left) / (all + groups.length - 1)) - gap;
  const starts = counts.map((_, group) =>
    counts.slice(0, group).reduce((x, count) => x + (count + 1) * (side + gap), left),
  );
  const draw: RenderFunction = (_index, _scales, _values, _dimensions, context) => {
    const sheet = svgElement(context, 'g', { 'aria-label': 'pictures' });
    const words = (x: number, y: number, text: string) =>
      sheet.append(svgElement(context, 'text', { x, y, 'text-anchor': 'start' }, text));
    for (const [group, name] of groups.entries()) words(starts[group] ?? left, 16, name);
    for (const [index, { name, pictures }] of rows.entries()) {
      const y = top + index * (side + gap);
      words(8, y + side / 2 + fontSize / 3, name);
      for (const [group, list] of pictures.entries()) {
        for (const [i, picture] of list.entries()) {
          sheet.append(
            svgElement(context, 'image', {
              x: (starts[group] ?? left) + i * (side + gap),
              y,
              width: side,
              height: side,
              'image-rendering': 'optimizeSpeed',
              style: 'image-rendering:pixelated',
              href: pngAddress(encodePicture(picture)),
            }),
          );
        }
      }
    }
    return sheet;
  };
  return {
    ...frame(width, top + rows.length * (side + gap) + gap),
    margin: 0,
    x: { axis: null },
    y: { axis: null },
    marks: [draw],
  };
}
