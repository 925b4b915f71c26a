import type { Kernels, Pointer } from '@tripartite/kernels';
import { exp, log } from '../numeric/elementary.js';
import { type Mechanism, type Responses, type Rows, sliceRows } from './rows.js';

/** Queries answered at a time: whole tiles of the matrix product. */
const blockRows = 120;

/** The cache of a softmax mechanism: all keys (divided by d^¼) and values, growing with every token. */
export interface Cache {
  /** (capacity, width). */
  keys: Pointer;
  /** (capacity, valueWidth). */
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
 * that sees no key gets 0, with response 0.
 */
export function createSoftmax(
  kernels: Kernels,
  width: number,
  valueWidth: number,
  scale: number,
): SoftmaxMechanism {
  const { arena, scratch } = kernels;
  const cache: Cache = { keys: 0, values: 0, mask: 0, masked: false, tokens: 0, capacity: 0 };

  const reserve = (more: number): void => {
    const tokens = cache.tokens + more;
    if (tokens <= cache.capacity) return;
    const capacity = Math.max(tokens, cache.capacity * 2);
    const move = (from: Pointer, bytes: number): Pointer => {
      const to = arena.allocate(capacity * bytes);
      arena.viewBytes(to, cache.tokens * bytes).set(arena.viewBytes(from, cache.tokens * bytes));
      return to;
    };
    cache.keys = move(cache.keys, width * 4);
    cache.values = move(cache.values, valueWidth * 4);
    cache.mask = move(cache.mask, 1);
    cache.capacity = capacity;
  };

  const write = (keys: Rows, values: Rows, mask: Pointer): void => {
    const { tokens } = cache;
    reserve(keys.rows);
    const bytes = arena.viewBytes(cache.mask + tokens, keys.rows);
    if (mask) bytes.set(arena.viewBytes(mask, keys.rows));
    else bytes.fill(1);
    const keyRows = cache.keys + tokens * width * 4;
    const valueRows = cache.values + tokens * valueWidth * 4;
    kernels.scaleRows(keyRows, keys.pointer, keys.stride, scale, keys.rows, width);
    kernels.scaleRows(valueRows, values.pointer, values.stride, 1, keys.rows, valueWidth);
    if (mask) cache.masked = true;
    // A masked value may be NaN, and NaN times its weight 0 is NaN.
    for (let t = 0; mask && t < keys.rows; t++) {
      if (arena.viewBytes(cache.mask + tokens + t, 1)[0]) continue;
      arena.viewFloats(valueRows + t * valueWidth * 4, valueWidth).fill(0);
    }
    cache.tokens = tokens + keys.rows;
  };

  /** Answers queries; where `first` ≥ 0, query t sees the tokens up to first + t. */
  const answer = (queries: Rows, out: Rows, first: number): Responses => {
    const { tokens } = cache;
    const value = new Float64Array(queries.rows);
    const logs = new Float64Array(queries.rows);
    for (let t = 0; t < queries.rows; t += blockRows) {
      const rows = Math.min(blockRows, queries.rows - t);
      const part = sliceRows(queries, t, rows);
      const mark = arena.mark();
      const q = arena.floats(rows * width);
      const scores = arena.floats(rows * tokens);
      const sums = arena.floats(rows);
      const maxima = arena.floats(rows);
      const causal = first < 0 ? -1 : first + t;
      const y = sliceRows(out, t, rows);
      kernels.scaleRows(q, part.pointer, part.stride, scale, rows, width);
      kernels.gemm(
        scores,
        tokens,
        q,
        width,
        1,
        cache.keys,
        1,
        width,
        rows,
        tokens,
        width,
        false,
        scratch,
      );
      kernels.softmaxRows(
        scores,
        tokens,
        sums,
        maxima,
        cache.masked ? cache.mask : 0,
        causal,
        rows,
        tokens,
      );
      kernels.gemm(
        y.pointer,
        y.stride,
        scores,
        tokens,
        1,
        cache.values,
        valueWidth,
        1,
        rows,
        valueWidth,
        tokens,
        false,
        scratch,
      );
      const sumView = arena.viewFloats(sums, rows);
      const topView = arena.viewFloats(maxima, rows);
      for (let i = 0; i < rows; i++) {
        const sum = sumView[i] as number;
        logs[t + i] = sum > 0 ? log(sum) + (topView[i] as number) : -Infinity;
        value[t + i] = exp(logs[t + i] as number);
        sumView[i] = sum > 0 ? 1 / sum : 0;
      }
      kernels.gateRows(y.pointer, y.stride, y.pointer, y.stride, sums, rows, valueWidth);
      arena.release(mark);
    }
    return { value, log: logs };
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
      const first = cache.tokens;
      write(keys, values, mask);
      return answer(queries, out, first);
    },
  };
}
