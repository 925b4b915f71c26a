// Causal attention of a neuron–astrocyte head: each token is written, then its query read. Tokens pass in blocks: what a
// query sees of older blocks is in the synapses; of its own block it sees φ(q)·φ(k) of each earlier token.
import { writeScratch, writeTokens } from './astrocyte';
import { ABSENT } from './hidden';
import { HiddenInput } from './hidden-input';
import { activityRows, askSynapses, exciteScratch, exciteTokens, gateLanes } from './reading';
import { packSynapses, power, Synapses } from './synapses';
import { LANE_STEP, multiplyTile, ROW_STEP, TILE_COLUMNS, TILE_ROWS } from './tile';
import { enterValues, moveLanes, silenceLane } from './token-rows';
import { paddedRows } from './tokens';

/** Bytes of scratch memory that `streamTokens` needs. */
export function streamScratch(width: i32, valueWidth: i32, neurons: i32, block: i32): f64 {
  const height = <f64>paddedRows(valueWidth);
  const lanes = <f64>LANE_STEP * (1 + height + <f64>activityRows(neurons) + block + TILE_ROWS);
  const own = lanes + 4 * <f64>block * (height + 1) + exciteScratch(width);
  return max(own, writeScratch(width, valueWidth));
}

/**
 * Weights w (rows,8) ← w · 2^(exponent of the key − the query's running exponent), 0 for keys after the query's own
 * token; o (height,8), what was read from older tokens, is brought to the running exponents, which are added to units
 * (8). The first query is token `first` of the block.
 */
function weighCausally(
  w: usize,
  o: usize,
  units: usize,
  keyExponents: usize,
  exponent: i32,
  first: i32,
  rows: i32,
  height: i32,
): void {
  for (let lane = 0; lane < TILE_COLUMNS; lane++) {
    const at = (<usize>lane) << 2;
    const open = min(rows, first + lane + 1);
    let top = exponent;
    for (let s = 0; s < open; s++) top = max(top, load<i32>(keyExponents + ((<usize>s) << 2)));
    const older = power(exponent - top);
    for (let i = 0; i < height; i++) {
      const to = o + LANE_STEP * i + at;
      store<f32>(to, load<f32>(to) * older);
    }
    for (let s = 0; s < rows; s++) {
      const to = w + LANE_STEP * s + at;
      const own = load<i32>(keyExponents + ((<usize>s) << 2));
      store<f32>(to, s < open ? load<f32>(to) * power(own - top) : <f32>0);
    }
    store<i32>(units + at, load<i32>(units + at) + top);
  }
}

// Causal attention: arguments as of `writeTokens` and `readTokens`; `block` tokens pass at a time; `activity` is room
// for the keys' activity, (block rounded up to whole tiles, neurons rounded up to 8) floats. Error: as of `writeTokens`.
// Later tokens do not change a query's bits, unless they are NaN or infinite and of the same eight
export function streamTokens(
  out: usize,
  outStride: i32,
  responses: usize,
  exponents: usize,
  synapsesAt: usize,
  queryAt: usize,
  keyAt: usize,
  q: usize,
  qStride: i32,
  k: usize,
  kStride: i32,
  v: usize,
  vStride: i32,
  mask: usize,
  rows: i32,
  gate: bool,
  block: i32,
  activity: usize,
  scratch: usize,
): void {
  const synapses = changetype<Synapses>(synapsesAt);
  const query = changetype<HiddenInput>(queryAt);
  const key = changetype<HiddenInput>(keyAt);
  const width = synapses.width;
  const neurons = synapses.neurons;
  const depth = (neurons + 7) & ~7;
  const units = scratch;
  const o = units + LANE_STEP;
  const z = o + LANE_STEP * paddedRows(width);
  const w = z + LANE_STEP * activityRows(neurons);
  const keyExponents = w + LANE_STEP * (block + TILE_ROWS);
  const values = keyExponents + ((<usize>block) << 2);
  const rest = values + ((<usize>(block * paddedRows(width))) << 2);
  for (let t = 0; t < rows; t += block) {
    const n = min(block, rows - t);
    const qBlock = q + ((<usize>t * <usize>qStride) << 2);
    const kBlock = k + ((<usize>t * <usize>kStride) << 2);
    const vBlock = v + ((<usize>t * <usize>vStride) << 2);
    const maskBlock = mask ? mask + <usize>t : 0;
    packSynapses(synapsesAt);
    for (let s = 0; s < n; s += TILE_COLUMNS) {
      const count = min(TILE_COLUMNS, n - s);
      exciteTokens(
        z,
        units,
        key,
        kBlock + ((<usize>s * <usize>kStride) << 2),
        kStride,
        count,
        rest,
      );
      for (let i = 0; i < count; i++) {
        const token = s + i;
        const silent = maskBlock != 0 && !load<u8>(maskBlock + <usize>token);
        if (silent) silenceLane(z, i, depth);
        const own = silent ? ABSENT : load<i32>(units + ((<usize>i) << 2));
        store<i32>(keyExponents + ((<usize>token) << 2), own);
        const from = vBlock + ((<usize>token * <usize>vStride) << 2);
        enterValues(values + ROW_STEP * token, ROW_STEP * n, from, width, silent);
      }
      moveLanes(activity, s, z, count, depth);
    }
    for (let first = 0; first < n; first += TILE_COLUMNS) {
      const count = min(TILE_COLUMNS, n - first);
      const seen = min(n, first + TILE_COLUMNS);
      exciteTokens(
        z,
        units,
        query,
        qBlock + ((<usize>first * <usize>qStride) << 2),
        qStride,
        count,
        rest,
      );
      askSynapses(o, synapses, z);
      for (let s = 0; s < seen; s += TILE_ROWS) {
        const keys = activity + ((<usize>(s * depth)) << 2);
        multiplyTile(w + LANE_STEP * s, LANE_STEP, keys, z, depth, false);
      }
      weighCausally(w, o, units, keyExponents, synapses.exponent, first, seen, width + 1);
      for (let i = 0; i <= width; i += TILE_ROWS) {
        const panel = values + ((<usize>(i * n)) << 2);
        multiplyTile(o + LANE_STEP * i, LANE_STEP, panel, w, seen, true);
      }
      const token = (<usize>(t + first)) << 2;
      const to = out + ((<usize>(t + first) * <usize>outStride) << 2);
      gateLanes(to, outStride, responses + token, exponents + token, o, units, width, count, gate);
    }
    const strips = depth >> 3;
    writeTokens(
      synapsesAt,
      keyAt,
      kBlock,
      kStride,
      vBlock,
      vStride,
      maskBlock,
      n,
      0,
      strips,
      scratch,
    );
  }
}
