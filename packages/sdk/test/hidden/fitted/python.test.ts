import { readFileSync } from 'node:fs';
import { compileKernels } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import { astrocyteHead } from '../../../src/attention/astrocyte-head.js';
import { decodeNpz } from '../../../src/checkpoint/npz.js';
import { decodeHidden } from '../../../src/hidden/fitted/decode.js';
import { encodeHidden } from '../../../src/hidden/fitted/encode.js';
import type { WeightedLayer } from '../../../src/hidden/hidden-layer.js';

const read = (file: string) => readFileSync(new URL(`fixtures/${file}`, import.meta.url));
const tokens = decodeNpz(read('tokens.npz'), 'tokens.npz');
const rows = (name: string) => tokens[name]?.data as Float32Array;

await compileKernels();

/** Largest difference of two arrays, as a share of the largest value. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let [apart, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    apart = Math.max(apart, Math.abs((a[i] as number) - (b[i] as number)));
    size = Math.max(size, Math.abs(b[i] as number));
  }
  return apart / size;
}

describe.each(['numpy', 'torch'])('the lines of docs/file-formats.md for %s', (library) => {
  const results = decodeNpz(read(`${library}.npz`), `${library}.npz`);

  it('are those that made the numbers here', () => {
    const docs = new URL('../../../../../docs/file-formats.md', import.meta.url);
    const lines = read(`read_hidden_${library}.py`).toString().trimEnd();
    expect(readFileSync(docs, 'utf8')).toContain(`\n\`\`\`python\n${lines}\n`);
  });

  it.each([
    ['learned', 0],
    ['learned', 1],
    ['shared', 0],
    ['shared', 1],
  ])('give H, g, c and y of the layer %s, head %i, as a head gives them', (layer, index) => {
    const fitted = decodeHidden(read(`${layer}.safetensors`), layer);
    const hidden = fitted.layers[0]?.[index] as WeightedLayer;
    const head = astrocyteHead({ width: hidden.width, hidden });
    head.write(rows('k'), rows('v'));
    const { output, response } = head.read(rows('q'));
    const unit = 2 ** head.exponent;
    const own = {
      H: head.H.map((h) => h * unit),
      g: head.g.map((g) => g * unit),
      c: response,
      y: output,
    };
    for (const [name, values] of Object.entries(own)) {
      const theirs = results[`${layer}_${index}_${name}`]?.data as Float64Array;
      expect(difference(values, theirs), name).toBeLessThan(2e-6);
    }
  });
});

it.each(['learned', 'shared'])('writes the bytes of the layer %s that lies here', (layer) => {
  const bytes = new Uint8Array(read(`${layer}.safetensors`));
  expect(encodeHidden(decodeHidden(bytes))).toEqual(bytes);
});
