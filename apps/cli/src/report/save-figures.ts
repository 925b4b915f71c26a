import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figure } from '@tripartite/sdk/figure';
import { writeWhole } from '../write-file.js';
import { figureSvg, hasFont, svgToPng } from './render-figure.js';

/** What `saveFigures` did. */
export interface SavedFigures {
  /** Paths written, SVG and PNG by turns. */
  readonly files: readonly string[];
  /** False where the system has no font: the PNG files then lack their text. */
  readonly textInPng: boolean;
}

/**
 * Saves each figure in `dir` (made where missing) as `NAME.svg` and `NAME.png`, two pixels a CSS pixel; each
 * file appears whole or not at all. Same names are replaced.
 */
export async function saveFigures(dir: string, figures: readonly Figure[]): Promise<SavedFigures> {
  await mkdir(dir, { recursive: true });
  const files: string[] = [];
  for (const figure of figures) {
    const svg = figureSvg(figure);
    const path = join(dir, figure.name);
    await writeWhole(`${path}.svg`, svg);
    await writeWhole(`${path}.png`, svgToPng(svg));
    files.push(`${path}.svg`, `${path}.png`);
  }
  return { files, textInPng: hasFont() };
}
