// Cuts a sheet of digits into pictures, as tripartite reads them: node scripts/cut-sheet.mjs fit FOLDER
// fit: a folder of this package with digits.png and digits.json. The pictures are FOLDER/0000.png and so on.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { encodeGreyPng } from './grey-png.mjs';

const [from, to] = process.argv.slice(2);
if (!from || !to) {
  console.error('usage: node scripts/cut-sheet.mjs fit|held-out|calibration FOLDER');
  process.exit(2);
}
const root = new URL(`../${from}/`, import.meta.url);
const { side, columns, labels } = JSON.parse(await readFile(new URL('digits.json', root), 'utf8'));
const width = side * columns;
const rows = readRows(await readFile(new URL('digits.png', root)));

await mkdir(to, { recursive: true });
for (let i = 0; i < labels.length; i++) {
  const [left, top] = [(i % columns) * side, Math.floor(i / columns) * side];
  const levels = Uint8Array.from({ length: side * side }, (_, at) => {
    const y = top + Math.floor(at / side);
    // Each row begins with the byte that names its filter, none.
    return rows[y * (width + 1) + 1 + left + (at % side)];
  });
  const name = `${String(i).padStart(4, '0')}.png`;
  await writeFile(join(to, name), encodeGreyPng(levels, side, side));
}
console.log(`${labels.length} pictures in ${to}`);

// The rows of a PNG that grey-png.mjs wrote: all of its data is in one chunk.
function readRows(png) {
  const at = png.indexOf('IDAT', 0, 'latin1');
  return inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
}
