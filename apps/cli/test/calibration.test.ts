import digits from '@tripartite/model-vit-digits';
import { calibrate, loadModel, type ModelInput } from '@tripartite/sdk';
import { expect, it } from 'vitest';
import { calibrateOn } from '../src/calibration.js';
import { readPictures } from '../src/inputs.js';

it('gives the same statistics whether pictures are measured together or in parts', async () => {
  const model = await loadModel(digits);
  const names = Object.keys(digits.samples).slice(0, 5);
  const items = await readPictures(
    '--calibrate',
    names.map((name) => `sample:${name}`),
  );
  const inputs: ModelInput[] = await Promise.all(items.map(({ read }) => read()));
  const whole = await calibrate(model, inputs);
  expect(await calibrateOn(model, items)).toEqual(whole);
  // Two pictures reach the limit: parts of 2, 2 and 1.
  let bytes = 0;
  for (const input of inputs.slice(0, 2)) if ('image' in input) bytes += input.image.data.length;
  let read = 0;
  const counted = items.map((item) => ({
    read: () => {
      read++;
      return item.read();
    },
  }));
  const parted = await calibrateOn(model, counted, bytes);
  expect(read).toBe(5);
  expect(items).toHaveLength(5);
  whole.layers.forEach((heads, layer) => {
    heads.forEach((head, index) => {
      const other = parted.layers[layer]?.[index];
      for (const name of ['queryMean', 'keyMean', 'queryCovariance', 'keyCovariance'] as const) {
        expect(other?.[name]).toHaveLength(head[name].length);
        const most = head[name].reduce((size, value) => Math.max(size, Math.abs(value)), 0);
        expect(most).toBeGreaterThan(0);
        head[name].forEach((value, i) => {
          expect(Math.abs((other?.[name][i] ?? Number.NaN) - value)).toBeLessThan(1e-12 * most);
        });
      }
    });
  });
});
