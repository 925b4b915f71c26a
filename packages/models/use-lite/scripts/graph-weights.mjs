// Weights of a TensorFlow.js graph model (model.json and its shards): found by name, checked, copied.
// Values are moved as 32-bit words, so that they stay little-endian on every machine.

import { readFile } from 'node:fs/promises';

/** Reads manifest and shards; returns every entry with its byte offset, and the joined bytes. */
export async function readGraph(modelUrl) {
  const { weightsManifest } = JSON.parse(await readFile(modelUrl, 'utf8'));
  const shards = [];
  const entries = [];
  let offset = 0;
  for (const group of weightsManifest) {
    for (const path of group.paths) shards.push(await readFile(new URL(path, modelUrl)));
    for (const { name, shape, dtype, quantization } of group.weights) {
      if (quantization || (dtype !== 'float32' && dtype !== 'int32'))
        throw new Error(`weight ${name} is ${dtype}, quantised or not; float32 or int32 is needed`);
      entries.push({ name, shape, dtype, offset });
      offset += 4 * size(shape);
    }
  }
  const bytes = Buffer.concat(shards);
  if (bytes.length !== offset)
    throw new Error(`the shards hold ${bytes.length} bytes; the manifest needs ${offset}`);
  return { entries, bytes };
}

/** Copies the weight that a row of the table names, in the layout the row asks for. */
export function takeTensor({ entries, bytes }, [name, source, shape, transposed]) {
  const found = entries.filter((entry) => entry.name === source);
  if (found.length !== 1)
    throw new Error(`weight ${source} is there ${found.length} times; ${name} needs it once`);
  const [entry] = found;
  const wanted = transposed ? [...shape].reverse() : shape;
  const got = [...entry.shape];
  while (got.length > wanted.length && got[0] === 1) got.shift();
  if (entry.dtype !== 'float32' || got.join() !== wanted.join())
    throw new Error(
      `weight ${source} is ${entry.dtype} [${entry.shape}]; ${name} needs float32 [${wanted}]`,
    );
  const words = new Uint32Array(size(shape));
  const copy = bytes.subarray(entry.offset, entry.offset + 4 * words.length);
  new Uint8Array(words.buffer).set(copy);
  return { name, shape, words: transposed ? transpose(words, ...wanted) : words };
}

function transpose(from, rows, columns) {
  const to = new Uint32Array(from.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      to[column * rows + row] = from[row * columns + column];
  return to;
}

function size(shape) {
  return shape.reduce((product, length) => product * length, 1);
}
