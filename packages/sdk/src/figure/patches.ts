import * as Plot from '@observablehq/plot';
import type { HeadDetail } from '../compare/comparison.js';
import type { Picture } from '../image/picture.js';
import { formatNumber } from './format.js';
import { colourBar, colourBarMargin, type FigureOptions, frame, svgElement } from './frame.js';
import { cssColour } from './palette.js';
import { encodePicture, pngAddress } from './raster.js';
import { logRatios, type ShadingScale, shadingScale } from './shading.js';

/** A picture in grey (ITU-R BT.601 weights), so that colours laid over it keep their meaning. */
export function greyPicture({ width, height, channels, data }: Picture): Picture {
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels;
    const red = data[at] ?? 0;
    grey[i] =
      channels === 1
        ? red
        : Math.round(0.299 * red + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0));
  }
  return { width, height, channels: 1, data: grey };
}

/** What the patches figure needs beside the head. */
export interface PatchesInput {
  readonly detail: HeadDetail;
  /** Patches a side. */
  readonly grid: number;
  /** The patch of each token, −1 the class token, which has no place in the picture. */
  readonly patches: readonly number[];
  readonly picture: Picture;
}

interface Patch {
  readonly row: number;
  readonly column: number;
  readonly ratio: number;
}

/**
 * The picture in grey with each patch shaded by the astrocyte's response against the normaliser,
 * ln(c_t / normaliser_t): blue too small, orange too large, clear where equal or where no token is.
 */
export function patchesFigure(
  { detail, grid, patches, picture }: PatchesInput,
  { width = 360, scale = shadingScale([detail]) }: FigureOptions & { scale?: ShadingScale } = {},
): Plot.PlotOptions {
  const ratios = logRatios(detail);
  const data = patches.flatMap((patch, token): Patch[] =>
    patch < 0
      ? []
      : [{ row: Math.floor(patch / grid), column: patch % grid, ratio: ratios[token] ?? 0 }],
  );
  const margin = 8;
  const side = width - 2 * margin;
  const photograph: Plot.RenderFunction = (_index, _scales, _values, _dimensions, context) =>
    svgElement(context, 'image', {
      x: margin,
      y: colourBarMargin,
      width: side,
      height: side,
      preserveAspectRatio: 'none',
      'image-rendering': 'optimizeSpeed',
      style: 'image-rendering:pixelated',
      href: pngAddress(encodePicture(greyPicture(picture))),
    });
  return {
    ...frame(width, colourBarMargin + side + margin),
    marginLeft: margin,
    marginRight: margin,
    marginTop: colourBarMargin,
    marginBottom: margin,
    x: { axis: null, domain: [0, grid] },
    y: { axis: null, domain: [0, grid], reverse: true },
    marks: [
      colourBar(scale, 'Astrocyte response against normaliser'),
      photograph,
      Plot.rect(data, {
        x1: 'column',
        x2: ({ column }: Patch) => column + 1,
        y1: 'row',
        y2: ({ row }: Patch) => row + 1,
        shapeRendering: 'crispEdges',
        fill: ({ ratio }: Patch) =>
          Number.isNaN(ratio)
            ? 'rgba(0,0,0,.8)'
            : cssColour(scale.colours[scale.index(ratio)] ?? [0, 0, 0, 0]),
        title: ({ row, column, ratio }: Patch) =>
          `row ${row + 1}, column ${column + 1}: ln(response / normaliser) = ${formatNumber(ratio)}`,
      }),
    ],
  };
}
