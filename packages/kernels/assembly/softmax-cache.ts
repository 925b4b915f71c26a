// What a softmax head remembers: every key and value, packed as `readSoftmax` reads them, growing with every token.
import { ROW_STEP, TILE_ROWS } from './tile';
import { enterValues } from './token-rows';
import { paddedRows } from './tokens';

/** Keys of a block: whole tiles of either size. */
export const KEYS: i32 = 240;
// Bytes of a cache of keys
export function keyCacheBytes(tokens: i32, width: i32): f64 {
  return 4 * (<f64>tokens + TILE_ROWS) * <f64>width;
}

// Bytes of a cache of values
export function valueCacheBytes(tokens: i32, valueWidth: i32): f64 {
  const blocks = tokens / KEYS + (tokens % KEYS ? 1 : 0);
  return 4 * <f64>blocks * <f64>KEYS * <f64>paddedRows(valueWidth);
}

// Puts tokens into a cache that holds `first` tokens: keys, multiplied by `scale`, in panels of rows; [v | 1] in blocks
// of panels of rows. A masked token's values become 0
export function cacheTokens(
  keys: usize,
  values: usize,
  k: usize,
  kStride: i32,
  v: usize,
  vStride: i32,
  mask: usize,
  scale: f32,
  first: i32,
  rows: i32,
  width: i32,
  valueWidth: i32,
): void {
  const height = paddedRows(valueWidth);
  for (let t = 0; t < rows; t++) {
    const token = first + t;
    let to = keys + ROW_STEP * ((token / TILE_ROWS) * width) + ((<usize>(token % TILE_ROWS)) << 2);
    let from = k + ((<usize>t * <usize>kStride) << 2);
    for (let j = 0; j < width; j++) {
      store<f32>(to, load<f32>(from) * scale);
      to += ROW_STEP;
      from += 4;
    }
    const block = values + ((<usize>(token / KEYS) * <usize>(KEYS * height)) << 2);
    const silent = mask != 0 && !load<u8>(mask + <usize>t);
    const value = v + ((<usize>t * <usize>vStride) << 2);
    enterValues(block + ROW_STEP * (token % KEYS), ROW_STEP * KEYS, value, valueWidth, silent);
  }
}

// Copies a cache of `tokens` out: k (tokens,width), as scaled, and v (tokens,valueWidth), packed rows
export function recallTokens(
  k: usize,
  v: usize,
  keys: usize,
  values: usize,
  tokens: i32,
  width: i32,
  valueWidth: i32,
): void {
  const height = paddedRows(valueWidth);
  for (let t = 0; t < tokens; t++) {
    let from = keys + ROW_STEP * ((t / TILE_ROWS) * width) + ((<usize>(t % TILE_ROWS)) << 2);
    for (let j = 0; j < width; j++) {
      store<f32>(k, load<f32>(from));
      from += ROW_STEP;
      k += 4;
    }
    const block = values + ((<usize>(t / KEYS) * <usize>(KEYS * height)) << 2);
    for (let j = 0; j < valueWidth; j++) {
      const panel = block + ROW_STEP * ((j / TILE_ROWS) * KEYS + (t % KEYS));
      store<f32>(v, load<f32>(panel + ((<usize>(j % TILE_ROWS)) << 2)));
      v += 4;
    }
  }
}
