// Softmax attention of one head, exact: y = Σ_s exp(q·k_s/√d) v_s / Σ_s exp(q·k_s/√d). Eight queries stand in the lanes;
// keys pass in blocks, with a running maximum (Milakov and Gimelshein 2018; Dao et al. 2022), so that scores are
// never stored whole. The sum comes with the output, from a column of ones beside the values.
import { expBelowZero } from './lanes';
import { pack } from './panels';
import { raiseTops } from './rows';
import { KEYS } from './softmax-cache';
import { LANE_STEP, multiplyTile, TILE_COLUMNS, TILE_ROWS } from './tile';
import { leaveLanes, paddedRows } from './tokens';

/** Panels of eight queries that share a block of keys while it is in the cache. */
const GROUP: i32 = 8;
/** Stands for "no key yet": finite, so that a difference of two is not NaN. */
const LOWEST: f32 = -3.4028234663852886e38;

/** Bytes of scratch memory that `readSoftmax` needs. */
export function softmaxScratch(width: i32, valueWidth: i32): f64 {
  const panels = GROUP * (<f64>width + <f64>paddedRows(valueWidth) + 1);
  return <f64>LANE_STEP * (panels + KEYS + TILE_ROWS);
}

/** Scores z (rows,8) of keys that are masked, or later than the token of their query (`last` + lane), become −∞. */
function hideKeys(z: usize, mask: usize, first: i32, last: i32, causal: bool, rows: i32): void {
  const hidden = f32x4.splat(-Infinity);
  const left = i32x4.add(i32x4.splat(last), i32x4(0, 1, 2, 3));
  const right = i32x4.add(left, i32x4.splat(4));
  for (let s = 0; s < rows; s++) {
    if (mask && !load<u8>(mask + <usize>(first + s))) {
      v128.store(z, hidden);
      v128.store(z, hidden, 16);
    } else if (causal && first + s > last) {
      const key = i32x4.splat(first + s);
      v128.store(z, v128.bitselect(v128.load(z), hidden, i32x4.ge_s(left, key)));
      v128.store(z, v128.bitselect(v128.load(z, 16), hidden, i32x4.ge_s(right, key)), 16);
    }
    z += LANE_STEP;
  }
}

/** Scores z (rows,8) ← exp(z − running maxima (8)); where the maxima rise, o (height,8) is scaled down to them. */
function weighKeys(z: usize, maxima: usize, o: usize, rows: i32, height: i32): void {
  const end = z + LANE_STEP * rows;
  const before0 = v128.load(maxima);
  const before1 = v128.load(maxima, 16);
  raiseTops(maxima, z, rows);
  const top0 = v128.load(maxima);
  const top1 = v128.load(maxima, 16);
  if (v128.any_true(v128.or(f32x4.gt(top0, before0), f32x4.gt(top1, before1)))) {
    const down0 = expBelowZero(f32x4.sub(before0, top0));
    const down1 = expBelowZero(f32x4.sub(before1, top1));
    for (let at = o; at < o + LANE_STEP * height; at += LANE_STEP) {
      v128.store(at, f32x4.mul(v128.load(at), down0));
      v128.store(at, f32x4.mul(v128.load(at, 16), down1), 16);
    }
  }
  for (let at = z; at < end; at += LANE_STEP) {
    v128.store(at, expBelowZero(f32x4.sub(v128.load(at), top0)));
    v128.store(at, expBelowZero(f32x4.sub(v128.load(at, 16), top1)), 16);
  }
}

/** Divides by the sums, in row `width` of o (8 lanes), and copies sums and maxima out. A query without a key gets 0. */
function finishQueries(
  out: usize,
  stride: i32,
  sums: usize,
  tops: usize,
  o: usize,
  maxima: usize,
  width: i32,
  count: i32,
): void {
  const s = o + LANE_STEP * width;
  memory.copy(sums, s, (<usize>count) << 2);
  memory.copy(tops, maxima, (<usize>count) << 2);
  for (let half: usize = 0; half < LANE_STEP; half += 16) {
    const sum = v128.load(s + half);
    const inverse = f32x4.div(f32x4.splat(1), sum);
    v128.store(s + half, v128.and(inverse, f32x4.ne(sum, f32x4.splat(0))));
  }
  leaveLanes(out, stride, o, s, width, count);
}

// out (rows,valueWidth) = softmax attention over a cache of `tokens`, with sums and maxima (rows): the normaliser is
// sum · exp(maximum). q is multiplied by `scale`; keys whose `mask` byte is 0 are left out and, where `causal` ≥ 0,
// those after `causal` + row. A query without a key, or whose scores are all −∞, gets 0 with sum 0.
//
// Error of the normaliser, relative to it, and of outputs, relative to Σ weight·|v| / Σ weight, where a weight counts
// with 1 + Σ|terms of its score|: at most 2⁻²¹ for random tokens of widths up to 70 (measured: 6.9·2⁻²⁴, for 300
// tokens), and for no tokens more than (width + tokens/240 + 256)·2⁻²⁴. A query's bits do not depend on the other
// queries; causal queries see NaN and infinity of later values in their block of 240
export function readSoftmax(
  out: usize,
  outStride: i32,
  sums: usize,
  maxima: usize,
  keys: usize,
  values: usize,
  mask: usize,
  causal: i32,
  q: usize,
  qStride: i32,
  scale: f32,
  rows: i32,
  tokens: i32,
  width: i32,
  valueWidth: i32,
  scratch: usize,
): void {
  const height = paddedRows(valueWidth);
  const qPanel = LANE_STEP * width;
  const oPanel = LANE_STEP * height;
  const queries = scratch;
  const answers = queries + qPanel * GROUP;
  const tops = answers + oPanel * GROUP;
  const z = tops + LANE_STEP * GROUP;
  for (let t = 0; t < rows; t += GROUP * TILE_COLUMNS) {
    const group = min(GROUP, (rows - t + 7) >> 3);
    for (let p = 0; p < group; p++) {
      const row = t + (p << 3);
      const from = q + ((<usize>row * <usize>qStride) << 2);
      const panel = queries + qPanel * p;
      pack(panel, from, (<usize>qStride) << 2, 4, min(8, rows - row), width, TILE_COLUMNS);
      for (let at = panel; at < panel + qPanel; at += 16) {
        v128.store(at, f32x4.mul(v128.load(at), f32x4.splat(scale)));
      }
      v128.store(tops + LANE_STEP * p, f32x4.splat(LOWEST));
      v128.store(tops + LANE_STEP * p, f32x4.splat(LOWEST), 16);
    }
    memory.fill(answers, 0, oPanel * group);
    for (let first = 0; first < tokens; first += KEYS) {
      const n = min(KEYS, tokens - first);
      const keyBlock = keys + ((<usize>first * <usize>width) << 2);
      const valueBlock = values + ((<usize>first * <usize>height) << 2);
      for (let p = 0; p < group; p++) {
        const last = causal + t + (p << 3);
        if (causal >= 0 && first > last + 7) continue;
        const panel = queries + qPanel * p;
        for (let i = 0; i < n; i += TILE_ROWS) {
          const rowsOfKeys = keyBlock + ((<usize>(i * width)) << 2);
          multiplyTile(z + LANE_STEP * i, LANE_STEP, rowsOfKeys, panel, width, false);
        }
        const late = causal >= 0 && first + n - 1 > last;
        if (mask || late) hideKeys(z, mask, first, last, late, n);
        const o = answers + oPanel * p;
        weighKeys(z, tops + LANE_STEP * p, o, n, height);
        for (let i = 0; i <= valueWidth; i += TILE_ROWS) {
          const rowsOfValues = valueBlock + ((<usize>(i * KEYS)) << 2);
          multiplyTile(o + LANE_STEP * i, LANE_STEP, rowsOfValues, z, n, true);
        }
      }
    }
    for (let p = 0; p < group; p++) {
      const row = t + (p << 3);
      const at = (<usize>row) << 2;
      const to = out + ((<usize>row * <usize>outStride) << 2);
      const o = answers + oPanel * p;
      const count = min(8, rows - row);
      finishQueries(
        to,
        outStride,
        sums + at,
        maxima + at,
        o,
        tops + LANE_STEP * p,
        valueWidth,
        count,
      );
    }
  }
}
