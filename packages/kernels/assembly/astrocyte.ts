// Write phase of a neuron–astrocyte head (Kozachkov et al. 2023; equations in docs/model.md 1).
// A block of tokens at a time, and of it eight neurons at a time, so that their activity never leaves the first-level
// cache.
import { ABSENT, exciteStrip } from './hidden';
import { HiddenInput } from './hidden-input';
import { accumulate, rescale, Synapses } from './synapses';
import { LANE_STEP, multiplyTile, ROW_STEP, TILE_COLUMNS, TILE_ROWS } from './tile';
import { enterKeys, enterValues } from './token-rows';
import { paddedRows } from './tokens';

/** Most floats of a block of tokens: it stays in the second-level cache. */
const BLOCK: i32 = 1 << 16;

/** Tokens that are summed in a row before their sum is added to the others: rounding grows with the longest sum. */
const SUM_DEPTH: i32 = 120;

/** Bytes of scratch memory that `writeTokens` needs for tokens and values of these widths. */
export function writeScratch(width: i32, valueWidth: i32): f64 {
  const depth: f64 = width + 1;
  const height: f64 = paddedRows(valueWidth);
  const block: f64 = tokensAtOnce(width + 1 + paddedRows(valueWidth));
  const lanes = block + TILE_ROWS + height + 2 * <f64>paddedRows(width);
  return 4 * (2 * (block + 8) + 8 * lanes + (block + TILE_ROWS) * depth + block * height);
}

/** Tokens that are written at a time: whole tiles in either direction. */
function tokensAtOnce(widths: i32): i32 {
  return max(120, min(480, (BLOCK / widths / 120) * 120));
}

/** Strip of z (rows,8): the input of eight neurons, from keys in panels of rows (or from activities, as they are). */
function driveStrip(
  z: usize,
  input: HiddenInput,
  panels: usize,
  first: i32,
  rows: i32,
  keys: usize,
  stride: i32,
  mask: usize,
): void {
  const depth = input.depth;
  if (input.lanes) {
    const weights = input.lanes + LANE_STEP * ((first >> 3) * depth);
    for (let i = 0; i < rows; i += TILE_ROWS) {
      multiplyTile(
        z + LANE_STEP * i,
        LANE_STEP,
        panels + ((<usize>(i * depth)) << 2),
        weights,
        depth,
        false,
      );
    }
    return;
  }
  for (let t = 0; t < rows; t++) {
    const to = z + LANE_STEP * t;
    const from = keys + ((<usize>t * <usize>stride + <usize>first) << 2);
    if (mask && !load<u8>(mask + <usize>t)) memory.fill(to, 0, LANE_STEP);
    else
      for (let r = 0; r < min(8, input.neurons - first); r++) {
        store<f32>(to + ((<usize>r) << 2), load<f32>(from + ((<usize>r) << 2)));
      }
  }
}

/** Hebbian and presynaptic plasticity of eight neurons: S += [v | 1]ᵀ φ, from a block of tokens. */
function changeStrip(
  synapses: Synapses,
  strip: i32,
  z: usize,
  exponent: i32,
  values: usize,
  rows: i32,
  change: usize,
): void {
  const height = synapses.width + 1;
  const size = height << 3;
  const offset = (<usize>(strip * size)) << 2;
  const sum = synapses.sum + offset;
  const rest = synapses.rest + offset;
  const own = synapses.exponents + ((<usize>strip) << 2);
  const before = load<i32>(own);
  if (exponent > before) {
    rescale(sum, before - exponent, size);
    rescale(rest, before - exponent, size);
    store<i32>(own, exponent);
  }
  for (let i = 0; i < height; i += TILE_ROWS) {
    const to = change + LANE_STEP * i;
    const panel = values + ((<usize>(i * rows)) << 2);
    for (let t = 0; t < rows; t += SUM_DEPTH) {
      const depth = min(SUM_DEPTH, rows - t);
      multiplyTile(to, LANE_STEP, panel + ROW_STEP * t, z + LANE_STEP * t, depth, t > 0);
    }
  }
  accumulate(sum, rest, change, size);
}

/** Log factors and shifts of tokens that are activities already. */
function silenceMasked(logScale: usize, shifts: usize, mask: usize, rows: i32): void {
  for (let t = 0; t < rows; t++) {
    const silent = mask != 0 && !load<u8>(mask + <usize>t);
    store<f32>(logScale + ((<usize>t) << 2), silent ? -Infinity : 0);
    store<f32>(shifts + ((<usize>t) << 2), 0);
  }
}

// Write phase: S += [v | 1]ᵀ φ(k) for the eight neurons of each strip from `first` to `last`. Strips do not depend on
// one another: threads may share them. A masked token may hold NaN; a NaN elsewhere makes the synapses NaN.
//
// Error of S, and of what is read from it, relative to Σ|v φ(q) φ(k)|: an activity counts there with 1 + the sizes of
// all terms of its log factor and, through the slope of φ, of z (sine and cosine as 1). For random tokens of widths
// and numbers of neurons up to 256 it is at most 2⁻²² (measured: 3.4·2⁻²⁴); for no token more than
// (2·width + neurons + 136)·2⁻²⁴. Activities below 2⁻¹²⁶ of a query's largest, and synapses of strips below 2⁻¹²⁶ of the
// largest strip, count as 0: a sum that they alone carry is lost. It does not grow with the number of tokens: 120 are summed in a row, and those sums
// compensated (10⁴ tokens: at most 1e-6).
export function writeTokens(
  synapsesAt: usize,
  inputAt: usize,
  k: usize,
  kStride: i32,
  v: usize,
  vStride: i32,
  mask: usize,
  rows: i32,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const synapses = changetype<Synapses>(synapsesAt);
  const input = changetype<HiddenInput>(inputAt);
  const depth = input.rows ? input.depth : 0;
  const height = paddedRows(synapses.width);
  const block = tokensAtOnce(input.width + 1 + height);
  const logScale = scratch;
  const shifts = logScale + ((<usize>(block + 8)) << 2);
  const z = shifts + ((<usize>(block + 8)) << 2);
  const change = z + LANE_STEP * (block + TILE_ROWS);
  const lanes = change + LANE_STEP * height;
  const keys = lanes + LANE_STEP * 2 * paddedRows(input.width);
  const values = keys + ((<usize>((block + TILE_ROWS) * depth)) << 2);
  for (let t = 0; t < rows; t += block) {
    const count = min(block, rows - t);
    const kBlock = k + ((<usize>t * <usize>kStride) << 2);
    const silent = mask ? mask + <usize>t : 0;
    if (depth) enterKeys(keys, logScale, shifts, input, kBlock, kStride, silent, count, lanes);
    else silenceMasked(logScale, shifts, silent, count);
    for (let i = 0; i < count; i++) {
      const from = v + ((<usize>(t + i) * <usize>vStride) << 2);
      const off = silent != 0 && !load<u8>(silent + <usize>i);
      enterValues(values + ROW_STEP * i, ROW_STEP * count, from, synapses.width, off);
    }
    for (let strip = first; strip < last; strip++) {
      const neuron = strip << 3;
      driveStrip(z, input, keys, neuron, count, kBlock, kStride, silent);
      const present = min(8, input.neurons - neuron);
      const before = load<i32>(synapses.exponents + ((<usize>strip) << 2));
      const shifted = input.shift != 0;
      const exponent = exciteStrip(
        z,
        logScale,
        shifts,
        input.activation,
        before,
        count,
        present,
        shifted,
      );
      if (exponent != ABSENT) changeStrip(synapses, strip, z, exponent, values, count, change);
    }
  }
}
