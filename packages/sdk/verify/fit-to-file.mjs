// Fits a hidden layer to 24 digits and writes its file, keeping checkpoints beside it: what killed-fits.test.ts kills.
//
//   node fit-to-file.mjs KIND FILE
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import digits from '@tripartite/model-vit-digits';
import { decodeNpz, encodeHidden, fit, loadModel } from '@tripartite/sdk';

const [kind, file] = process.argv.slice(2);
const fixture = new URL('../test/fixtures/reference/vit-digits-test.npz', import.meta.url);
const { data } = decodeNpz(await readFile(fixture), 'digits', { names: ['images'] }).images;
const inputs = Array.from({ length: 24 }, (_, i) => ({
  image: {
    width: 28,
    height: 28,
    channels: 1,
    data: Uint8Array.from(data.subarray(i * 784, (i + 1) * 784)),
  },
}));

async function write(path, bytes) {
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}

const checkpoint = {
  pause: 100,
  load: () => readFile(`${file}.checkpoint`).catch(() => undefined),
  save: (bytes) => write(`${file}.checkpoint`, bytes),
};
const model = await loadModel(digits);
const settings = { kind, neurons: 8, steps: 80, tuneSteps: 40, batch: 8 };
const fitted = await fit(model, inputs, { ...settings, checkpoint });
await write(file, encodeHidden(fitted));
await rm(`${file}.checkpoint`, { force: true });
