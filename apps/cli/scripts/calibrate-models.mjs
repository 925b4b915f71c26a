// Writes calibration.npz of the models that ship, from the calibration texts and pictures in their packages:
//
//   node apps/cli/scripts/calibrate-models.mjs
//
// photo-mae brings its own (its card says how it was made).
import { readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import useLite from '@tripartite/model-use-lite';
import digits from '@tripartite/model-vit-digits';
import { calibrate, encodeNpz, loadModel, statisticsArrays } from '@tripartite/sdk';
import sharp from 'sharp';

const folder = (model) => new URL('./', model.files['calibration.npz']);

const paragraphs = await readLines(new URL('calibration/paragraphs.jsonl', folder(useLite)));
await write(
  useLite,
  paragraphs.map(({ text }) => ({ text })),
);
await write(digits, await readSheet(new URL('calibration/', folder(digits))));

async function readLines(url) {
  const text = await readFile(url, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The digits of the sheet, row by row. */
async function readSheet(folder) {
  const { side, columns, labels } = JSON.parse(
    await readFile(new URL('digits.json', folder), 'utf8'),
  );
  const sheet = sharp(fileURLToPath(new URL('digits.png', folder)));
  return Promise.all(
    Array.from({ length: labels.length }, async (_, index) => {
      const left = (index % columns) * side;
      const top = Math.floor(index / columns) * side;
      const { data } = await sheet
        .clone()
        .extract({ left, top, width: side, height: side })
        .toColourspace('b-w')
        .raw()
        .toBuffer({ resolveWithObject: true });
      return { image: { width: side, height: side, channels: 1, data } };
    }),
  );
}

async function write(from, inputs) {
  const model = await loadModel(from);
  const statistics = await calibrate(model, inputs);
  const path = fileURLToPath(from.files['calibration.npz']);
  await writeFile(`${path}.part`, encodeNpz(statisticsArrays(statistics, model.layers)));
  await rename(`${path}.part`, path);
  console.log(`${path}: ${inputs.length} inputs`);
}
