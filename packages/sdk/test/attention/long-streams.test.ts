import { astrocyteHead, compileKernels, softmaxHead } from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import {
  readChunks,
  type StreamChunk,
  streamChunks,
  writeChunks,
} from '../../src/attention/chunks.js';
import { layerOf, tokens } from './data.js';
import { withMemory } from './watched-memory.js';

await compileKernels();

const [width, chunkTokens, chunkCount] = [16, 500, 200];
const chunk: StreamChunk = tokens(41, chunkTokens, width, 4);

function* repeat<T>(item: T, count: number, between: () => void): Generator<T> {
  for (let i = 0; i < count; i++) {
    if (i > 0) between();
    yield item;
  }
}

describe('an astrocyte head through which 10⁵ tokens pass', () => {
  const { layer: hidden } = layerOf('performer', 64, width);

  it('needs no more memory after the first chunk, written, read or streamed', async () => {
    const { made: head, memory } = withMemory(() => astrocyteHead({ width, hidden }));
    const sizes: number[] = [];
    const note = () => sizes.push(memory.buffer.byteLength);
    expect(await writeChunks(head, repeat(chunk, chunkCount, note))).toBe(100_000);
    note();
    expect(new Set(sizes).size).toBe(1);
    const write = head.save();
    expect(write.arrays.synapses).toHaveLength(64 * (width + 1));
    for (const answers of [
      readChunks(head, repeat(chunk.queries, chunkCount, note)),
      streamChunks(head, repeat(chunk, chunkCount, note)),
    ]) {
      sizes.length = 0;
      let answered = 0;
      for await (const { response } of answers) answered += response.length;
      note();
      expect(answered).toBe(100_000);
      expect(sizes).toHaveLength(chunkCount);
      expect(new Set(sizes).size).toBe(1);
    }
  });

  it('differs in this from a softmax head, whose cache holds them all', async () => {
    const { made: head, memory } = withMemory(() => softmaxHead({ width }));
    await writeChunks(
      head,
      repeat(chunk, chunkCount, () => {}),
    );
    expect(memory.buffer.byteLength).toBeGreaterThan(100_000 * 2 * width * 4);
  });
});
