import * as Plot from '@observablehq/plot';
import type { SideBySideTwin } from '../compare/comparison.js';
import { formatNumber } from './format.js';
import { type FigureOptions, frame } from './frame.js';
import { differenceAddress, type Painting, paintingNote, paintingsOf } from './paintings.js';
import { encodePicture, pngAddress } from './raster.js';
import { heading, sideBySideHeading } from './side-by-side.js';

const gap = 16;
const top = 34;
/** Room for a name and a note above each painting. */
const caption = 40;
/** Below this width, paintings stand one below another, their differences beside them. */
const smallest = 560;

interface Tile {
  readonly x: number;
  readonly y: number;
  readonly painting: Painting;
}

/**
 * Paintings of one photograph by the transformer and by several hidden layers with equally many neurons, each with
 * its difference from the transformer's on a common scale. Undefined where nothing was painted.
 */
export function paintingsFigure(
  twins: readonly SideBySideTwin[],
  { width = 1024 }: FigureOptions = {},
): Plot.PlotOptions | undefined {
  const paintings = paintingsOf(twins);
  if (!paintings) return undefined;
  const { list, limit } = paintings;
  const across = width >= smallest ? list.length : 2;
  const size = (width - gap * (across - 1)) / across;
  const step = across === 2 ? caption + size + gap : 0;
  const tiles = list.map(
    (painting, i): Tile => ({
      x: across === 2 ? 0 : i * (size + gap),
      y: top + i * step + caption,
      painting,
    }),
  );
  const beside = across === 2 ? { x: size + gap, y: 0 } : { x: 0, y: size + gap };
  const height = across === 2 ? top + list.length * step : top + caption + 2 * size + gap;
  const legend = `Difference from the transformer’s painting: orange brighter, blue darker, up to ${formatNumber(limit, 2)} of 255 grey levels`;
  const image = (address: (tile: Tile) => string | undefined, dx: number, dy: number) =>
    Plot.image(
      tiles.filter((tile) => address(tile) !== undefined),
      {
        x: ({ x }: Tile) => x + dx + size / 2,
        y: ({ y }: Tile) => y + dy + size / 2,
        src: address,
        width: size,
        imageRendering: 'pixelated',
        title: ({ painting }: Tile) => painting.name,
      },
    );
  const text = { x: 'x', textAnchor: 'start', lineAnchor: 'top' } as const;
  return {
    ...frame(width, height),
    margin: 0,
    x: { axis: null, domain: [0, width] },
    y: { axis: null, domain: [0, height], reverse: true },
    marks: [
      heading(sideBySideHeading(twins)),
      image(({ painting }) => pngAddress(encodePicture(painting.picture)), 0, 0),
      image(({ painting }) => differenceAddress(painting, paintings), beside.x, beside.y),
      Plot.text(tiles, {
        ...text,
        y: ({ y }: Tile) => y - caption + 2,
        text: ({ painting }: Tile) => painting.name,
        fontWeight: 600,
      }),
      Plot.text(tiles, {
        ...text,
        y: ({ y }: Tile) => y - caption + 19,
        text: ({ painting }: Tile) => paintingNote(painting),
        fillOpacity: 0.75,
      }),
      Plot.text(tiles.slice(0, 1), {
        ...text,
        x: ({ x }: Tile) => x + beside.x,
        y: ({ y }: Tile) => y + beside.y + 4,
        text: () => legend,
        lineWidth: size / 13,
        fillOpacity: 0.75,
      }),
    ],
  };
}
