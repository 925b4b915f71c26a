import * as Plot from '@observablehq/plot';
import { Resvg } from '@resvg/resvg-js';
import type { Figure } from '@tripartite/sdk/figure';
import { parseHTML } from 'linkedom';
import { escapeHtml } from './markup.js';

/** Two decimals of a pixel are enough; shorter numbers halve the size of a figure. */
function shortenNumbers(svg: string): string {
  return svg.replace(/="[^"]*"/g, (attribute) =>
    attribute.includes('data:')
      ? attribute
      : attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (n) =>
          String(Math.round(Number(n) * 100) / 100),
        ),
  );
}

function drawing(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const element = Plot.plot({ ...options, document } as Plot.PlotOptions);
  return shortenNumbers(element.outerHTML);
}

function open(title: string, style: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeHtml(title)}"${style} `;
}

/** A figure as SVG to stand in a page: the page's ink, no background, its own style sheet dropped. */
export function inlineFigure({ title, options }: Pick<Figure, 'title' | 'options'>): string {
  return drawing(options)
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace('<svg ', open(title, ''));
}

/** A figure as an SVG file: dark ink on white, valid XML, nothing outside it needed. */
export function figureSvg({ title, options }: Pick<Figure, 'title' | 'options'>): string {
  const svg = drawing(options)
    .replace('<svg ', open(title, ' color="#1b1f24"'))
    .replace('</style>', '</style><rect width="100%" height="100%" fill="#ffffff" />');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg}\n`;
}

const fonts = {
  loadSystemFonts: true,
  defaultFontFamily: 'DejaVu Sans',
  sansSerifFamily: 'DejaVu Sans',
};

/** An SVG file as PNG (bytes), at `scale` pixels a CSS pixel. Text needs a font of the system: `hasFont`. */
export function svgToPng(svg: string, scale = 2): Uint8Array {
  const options = { font: fonts, fitTo: { mode: 'zoom', value: scale } } as const;
  // Of the two ways to ask for sharp pixels resvg knows only the attribute, and lets the style win.
  const sharp = svg.replaceAll('style="image-rendering:pixelated"', '');
  return new Resvg(sharp, options).render().asPng();
}

let found: boolean | undefined;

/**
 * Whether a font was found to draw text in PNG files. Without one they have lines and colours but no text
 * (slim containers); the SVG files are whole, since their reader brings the font.
 */
export function hasFont(): boolean {
  if (found === undefined) {
    const probe =
      '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text y="15" font-family="sans-serif">M</text></svg>';
    found = new Resvg(probe, { font: fonts }).render().pixels.some((value) => value > 0);
  }
  return found;
}
