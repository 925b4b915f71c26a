import { TripartiteError } from '../errors.js';
import { giveWay } from '../event-loop.js';
import type { AttentionHead, Readout } from './head.js';

/** Tokens to write: arrays as in `AttentionHead.write`, of any number of tokens, none included. */
export interface TokenChunk {
  /** (tokens, width). */
  readonly keys: Float32Array;
  /** (tokens, valueWidth). */
  readonly values: Float32Array;
  /** A byte per token; 0: left out. */
  readonly mask?: Uint8Array;
}

/** Tokens to write and read one by one: arrays as in `AttentionHead.stream`. */
export interface StreamChunk extends TokenChunk {
  /** (tokens, width). */
  readonly queries: Float32Array;
}

/** Where chunks come from: an array, a generator, a stream of either kind. Iterated once. */
export type ChunkSource<Chunk> = Iterable<Chunk> | AsyncIterable<Chunk>;

/** Options of the calls that take chunks. */
export interface ChunkOptions {
  /**
   * Looked at before each chunk is asked for and again when it has come. A source that waits for long should listen
   * to the same signal.
   */
  readonly signal?: AbortSignal;
  /** Called after each chunk with the tokens taken so far; how many will come nobody knows. */
  readonly onProgress?: (tokens: number) => void;
}

/** Throws `BAD_INPUT` where `source` cannot be iterated, before anything is done. */
function checkSource<Chunk>(source: ChunkSource<Chunk>): void {
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = Object(source) as Partial<
    AsyncIterable<Chunk> & Iterable<Chunk>
  >;
  if (typeof later === 'function' || typeof now === 'function') return;
  const came = Object.prototype.toString.call(source).slice(8, -1);
  throw new TripartiteError(
    'BAD_INPUT',
    `source of chunks is a ${came}; an Iterable or AsyncIterable is allowed`,
  );
}

function checkSignal(signal: AbortSignal | undefined, tokens: number): void {
  if (!signal?.aborted) return;
  throw new TripartiteError('ABORTED', `stopped by its AbortSignal after ${tokens} tokens`);
}

/**
 * Calls `take` chunk by chunk and hands on what it gives; the next chunk is asked for when that has been used.
 * However it ends, the source's `return` is called unless the source itself has ended.
 */
async function* passThrough<Chunk, Answer>(
  source: ChunkSource<Chunk>,
  { signal, onProgress }: ChunkOptions,
  take: (chunk: Chunk) => { answer: Answer; tokens: number },
): AsyncGenerator<Answer, void, undefined> {
  let sum = 0;
  checkSignal(signal, sum);
  for await (const chunk of source) {
    checkSignal(signal, sum);
    const { answer, tokens } = take(chunk);
    sum += tokens;
    onProgress?.(sum);
    yield answer;
    await giveWay();
    checkSignal(signal, sum);
  }
}

/**
 * Writes chunks into a head as they come; an astrocyte head's memory does not grow with them. After a bad chunk the
 * head holds all chunks before it and nothing of it. Gives the number of tokens written.
 * Throws `BAD_INPUT` where the source is not iterable, `ABORTED`, what the source throws, and as `head.write`.
 */
export async function writeChunks(
  head: AttentionHead,
  source: ChunkSource<TokenChunk>,
  options: ChunkOptions = {},
): Promise<number> {
  checkSource(source);
  let sum = 0;
  const counts = passThrough(source, options, (chunk) => {
    // What is no object lacks keys, and `write` says so.
    const { keys, values, mask } = Object(chunk) as TokenChunk;
    head.write(keys, values, mask);
    const tokens = keys.length / head.width;
    return { answer: tokens, tokens };
  });
  for await (const tokens of counts) sum += tokens;
  return sum;
}

/**
 * Answers chunks of queries (queries, width) from what was written; a chunk is asked for when its answer is.
 * Throws `BAD_INPUT` at once where the source is not iterable; on the way `ABORTED`, what the source throws, and as
 * `head.read`.
 */
export function readChunks(
  head: AttentionHead,
  source: ChunkSource<Float32Array>,
  options: ChunkOptions = {},
): AsyncGenerator<Readout, void, undefined> {
  checkSource(source);
  return passThrough(source, options, (queries) => {
    const answer = head.read(queries);
    return { answer, tokens: answer.response.length };
  });
}

/**
 * Causal attention over chunks: each is written and read before the next is asked for, so that a source can make its
 * next chunk from the last answer:
 *
 * ```ts
 * let answer: Readout | undefined;
 * function* generate() {
 *   while (!finished(answer)) yield nextTokens(answer);
 * }
 * for await (answer of streamChunks(head, generate())) show(answer);
 * ```
 *
 * Any chunking gives what `head.stream` gives for all tokens at once, up to rounding. Throws as `readChunks` and
 * `head.stream`; after a bad chunk the head holds all chunks before it and nothing of it.
 */
export function streamChunks(
  head: AttentionHead,
  source: ChunkSource<StreamChunk>,
  options: ChunkOptions = {},
): AsyncGenerator<Readout, void, undefined> {
  checkSource(source);
  return passThrough(source, options, (chunk) => {
    const { queries, keys, values, mask } = Object(chunk) as StreamChunk;
    const answer = head.stream(queries, keys, values, mask);
    return { answer, tokens: answer.response.length };
  });
}
