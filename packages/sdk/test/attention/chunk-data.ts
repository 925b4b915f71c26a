import {
  type AttentionHead,
  astrocyteHead,
  compileKernels,
  type Readout,
  softmaxHead,
} from '@tripartite/sdk';
import { expect } from 'vitest';
import type { StreamChunk } from '../../src/attention/chunks.js';
import { layerOf, tokens } from './data.js';

await compileKernels();

export const [width, valueWidth, count] = [6, 4, 260];
export const given = tokens(31, count, width, 4, valueWidth);
export const mask = Uint8Array.from({ length: count }, (_, t) => (t % 11 === 3 ? 0 : 1));

export const heads: [string, () => AttentionHead][] = [
  [
    'astrocyte',
    () => astrocyteHead({ width, valueWidth, hidden: layerOf('performer', 20, width).layer }),
  ],
  ['softmax', () => softmaxHead({ width, valueWidth })],
];

/** The tokens from `start` to `end`. */
export function cut(start: number, end: number): StreamChunk {
  return {
    queries: given.queries.slice(start * width, end * width),
    keys: given.keys.slice(start * width, end * width),
    values: given.values.slice(start * valueWidth, end * valueWidth),
    mask: mask.slice(start, end),
  };
}

/** All tokens in chunks that end at these places. */
export function chunksAt(ends: readonly number[]): StreamChunk[] {
  const sorted = [...ends, count].sort((a, b) => a - b);
  return sorted.map((end, i) => cut(sorted[i - 1] ?? 0, end));
}

/** The same, later. */
export async function* later<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) {
    await new Promise(setImmediate);
    yield item;
  }
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

export function join(readouts: readonly Readout[]): number[] {
  return readouts.flatMap(({ output, logResponse }) => [...output, ...logResponse]);
}

/** Readouts of chunks and of one call, each value beside the other. */
export function largestGap(readouts: readonly Readout[], whole: Readout): number {
  const came = readouts.flatMap(({ output }) => [...output]);
  const logs = readouts.flatMap(({ logResponse }) => [...logResponse]);
  expect([came.length, logs.length]).toEqual([whole.output.length, whole.logResponse.length]);
  const gap = (a: number, b: number) => (a === b ? 0 : Math.abs(a - b));
  return Math.max(
    ...came.map((y, i) => gap(y, whole.output[i] as number)),
    ...logs.map((l, i) => gap(l, whole.logResponse[i] as number)),
  );
}

/** A source that notes what happens to it. */
export function noting<T>(items: readonly T[], asynchronous: boolean) {
  const events: string[] = [];
  let at = 0;
  const iterator = {
    next() {
      events.push(`next ${at}`);
      const result = at < items.length ? { done: false, value: items[at] } : { done: true };
      at++;
      return (asynchronous ? Promise.resolve(result) : result) as IteratorResult<T>;
    },
    return() {
      events.push('return');
      const result = { done: true, value: undefined };
      return (asynchronous ? Promise.resolve(result) : result) as IteratorResult<T>;
    },
  };
  const source = (asynchronous
    ? { [Symbol.asyncIterator]: () => iterator }
    : { [Symbol.iterator]: () => iterator }) as unknown as Iterable<T>;
  return { source, events };
}
