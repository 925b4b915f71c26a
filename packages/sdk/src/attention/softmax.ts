import { type Kernels, ownScratch, type Pointer } from '@tripartite/kernels';
import { reserveMemory } from '../memory.js';
import { softmaxResponses } from './responses.js';
import type { Mechanism, Responses, Rows } from './rows.js';
import { divideRows } from './shares.js';

/** Queries that stand in the lanes. */
const lanes = 8;

/** The cache of a softmax mechanism: all keys (divided by d^¼) and values, packed, growing with every token. */
export interface Cache {
  /** See `cacheTokens` of the kernels. */
  keys: Pointer;
  values: Pointer;
  /** One byte a token; 0: masked. */
  mask: Pointer;
  /** True once any token was masked. */
  masked: boolean;
  tokens: number;
  capacity: number;
}

/** Softmax attention, with its cache readable. */
export interface SoftmaxMechanism extends Mechanism {
  readonly cache: Cache;
}

/**
 * Softmax attention y = Σ_s exp(q·k_s/√d) v_s / Σ_s exp(q·k_s/√d); its response is the exact normaliser. A query
 * that sees no key gets 0, with response 0. Threads share the queries.
 */
export function createSoftmax(
  kernels: Kernels,
  width: number,
  valueWidth: number,
  scale: number,
): SoftmaxMechanism {
  const { arena } = kernels;
  const cache: Cache = { keys: 0, values: 0, mask: 0, masked: false, tokens: 0, capacity: 0 };
  const scratchBytes = kernels.scratchBytes(width, valueWidth, 0);

  const reserve = (more: number): void => {
    const tokens = cache.tokens + more;
    if (tokens <= cache.capacity) return;
    const capacity = Math.max(tokens, cache.capacity * 2);
    const keyBytes = (count: number): number => kernels.keyCacheBytes(count, width);
    const valueBytes = (count: number): number => kernels.valueCacheBytes(count, valueWidth);
    // Room for all three parts, their alignment included, before one of them moves.
    reserveMemory(arena, keyBytes(capacity) + valueBytes(capacity) + capacity + 48);
    const move = (from: Pointer, bytes: (tokens: number) => number): Pointer => {
      const to = arena.allocate(bytes(capacity));
      const used = cache.tokens ? bytes(cache.tokens) : 0;
      arena.viewBytes(to, used).set(arena.viewBytes(from, used));
      return to;
    };
    cache.keys = move(cache.keys, keyBytes);
    cache.values = move(cache.values, valueBytes);
    cache.mask = move(cache.mask, (count) => count);
    cache.capacity = capacity;
  };

  const write = (keys: Rows, values: Rows, mask: Pointer): void => {
    const { tokens } = cache;
    reserve(keys.rows);
    const bytes = arena.viewBytes(cache.mask + tokens, keys.rows);
    if (mask) bytes.set(arena.viewBytes(mask, keys.rows));
    else bytes.fill(1);
    kernels.cacheTokens(
      cache.keys,
      cache.values,
      keys.pointer,
      keys.stride,
      values.pointer,
      values.stride,
      mask,
      scale,
      tokens,
      keys.rows,
      width,
      valueWidth,
    );
    if (mask) cache.masked = true;
    cache.tokens = tokens + keys.rows;
  };

  /** Answers queries; where `first` ≥ 0, query t sees the tokens up to first + t. */
  const answer = (queries: Rows, out: Rows, first: number): Responses => {
    const { tokens } = cache;
    const { rows } = queries;
    const mark = arena.mark();
    const sums = arena.floats(rows);
    const maxima = arena.floats(rows);
    const shares = divideRows(kernels, rows, lanes, rows * tokens * (width + valueWidth), 4);
    kernels.run(
      shares.map(({ first: from, last: to }) => [
        'readSoftmax',
        out.pointer + from * out.stride * 4,
        out.stride,
        sums + from * 4,
        maxima + from * 4,
        cache.keys,
        cache.values,
        cache.masked ? cache.mask : 0,
        first < 0 ? -1 : first + from,
        queries.pointer + from * queries.stride * 4,
        queries.stride,
        scale,
        to - from,
        tokens,
        width,
        valueWidth,
        ownScratch,
      ]),
      scratchBytes,
    );
    const responses = softmaxResponses(
      arena.viewFloats(sums, rows).slice(),
      arena.viewFloats(maxima, rows).slice(),
    );
    arena.release(mark);
    return responses;
  };

  return {
    cache,
    begin() {
      cache.tokens = 0;
      cache.masked = false;
    },
    reserve,
    write,
    read: (queries, out) => answer(queries, out, -1),
    stream(queries, keys, values, out, mask) {
      const { tokens: first, masked } = cache;
      write(keys, values, mask);
      try {
        return answer(queries, out, first);
      } catch (error) {
        cache.tokens = first;
        cache.masked = masked;
        throw error;
      }
    },
  };
}
