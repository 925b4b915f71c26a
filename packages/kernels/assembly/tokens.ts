// Tokens on their way into a head. Eight at a time they stand in the lanes (width,8), so that nothing is ever summed
// across lanes; keys and values, which are on the other side of the products, go into panels of rows (panels.ts).
import { pack } from './panels';
import { LANE_STEP, multiplyTile, ROW_STEP, TILE_COLUMNS, TILE_ROWS } from './tile';

/**
 * One side (queries or keys) of a hidden layer, as the SDK lays it out in memory: z = W M (d^−¼ x − centre) + b.
 * The logarithm of a token's common factor is constant + gain·x + norm·‖M(x − centre)‖²; shift·‖M(x − centre)‖² is
 * added to z.
 */
export class HiddenInput {
  /** Width d of a token, and number m of neurons. */
  width: i32;
  neurons: i32;
  /** Code of φ, see hidden.ts. */
  activation: i32;
  /** d^−¼. */
  scale: f32;
  constant: f32;
  norm: f32;
  shift: f32;
  /** [W | b] (neurons,width + 1) in panels of rows; 0: the tokens are activities already. */
  rows: usize;
  /** The same in panels of eight columns. */
  lanes: usize;
  /** M (width,width) in panels of rows; 0: none. */
  map: usize;
  /** (width); 0: none. */
  centre: usize;
  gain: usize;
}

/** Rows that a panel of `count` rows, and one more, takes: whole tiles. */
export function paddedRows(count: i32): i32 {
  return count + TILE_ROWS - (count % TILE_ROWS);
}

/** x ← d^−¼ x − centre in the lanes; gain·x before the centre is taken off is added to the log factors. */
function scaleLanes(x: usize, logScale: usize, input: HiddenInput): void {
  const scale = f32x4.splat(input.scale);
  const centre = input.centre;
  const gain = input.gain;
  let left = f32x4.splat(input.constant);
  let right = left;
  for (let k: usize = 0; k < (<usize>input.width) << 2; k += 4) {
    let x0 = f32x4.mul(v128.load(x), scale);
    let x1 = f32x4.mul(v128.load(x, 16), scale);
    if (gain) {
      const g = v128.load32_splat(gain + k);
      left = f32x4.add(left, f32x4.mul(x0, g));
      right = f32x4.add(right, f32x4.mul(x1, g));
    }
    if (centre) {
      const c = v128.load32_splat(centre + k);
      x0 = f32x4.sub(x0, c);
      x1 = f32x4.sub(x1, c);
    }
    v128.store(x, x0);
    v128.store(x, x1, 16);
    x += LANE_STEP;
  }
  v128.store(logScale, left);
  v128.store(logScale, right, 16);
}

/** ‖x‖² in the lanes: log factors += norm·‖x‖², shifts = shift·‖x‖². */
function weighLanes(x: usize, logScale: usize, shifts: usize, input: HiddenInput): void {
  if (input.norm == 0 && input.shift == 0) {
    memory.fill(shifts, 0, LANE_STEP);
    return;
  }
  let left = f32x4.splat(0);
  let right = left;
  for (let k = 0; k < input.width; k++) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    left = f32x4.add(left, f32x4.mul(x0, x0));
    right = f32x4.add(right, f32x4.mul(x1, x1));
    x += LANE_STEP;
  }
  const norm = f32x4.splat(input.norm);
  const shift = f32x4.splat(input.shift);
  v128.store(logScale, f32x4.add(v128.load(logScale), f32x4.mul(left, norm)));
  v128.store(logScale, f32x4.add(v128.load(logScale, 16), f32x4.mul(right, norm)), 16);
  v128.store(shifts, f32x4.mul(left, shift));
  v128.store(shifts, f32x4.mul(right, shift), 16);
}

/**
 * Up to eight tokens into the lanes: panel (width + 1,8), its last row ones (for the bias); log factors and shifts
 * (8). Lanes without a token are 0. `panel` and `spare` have `paddedRows(width)` rows.
 */
export function enterTokens(
  panel: usize,
  logScale: usize,
  shifts: usize,
  input: HiddenInput,
  tokens: usize,
  stride: i32,
  count: i32,
  spare: usize,
): void {
  const width = input.width;
  const map = input.map;
  const x = map ? spare : panel;
  pack(x, tokens, (<usize>stride) << 2, 4, count, width, TILE_COLUMNS);
  scaleLanes(x, logScale, input);
  if (map) {
    for (let i = 0; i < width; i += TILE_ROWS) {
      const rows = map + ((<usize>(i * width)) << 2);
      multiplyTile(panel + LANE_STEP * i, LANE_STEP, rows, spare, width, false);
    }
  }
  weighLanes(panel, logScale, shifts, input);
  const ones = panel + LANE_STEP * width;
  v128.store(ones, f32x4.splat(1));
  v128.store(ones, f32x4.splat(1), 16);
}

/** One lane of `lanes` (depth,8) as row `row` of panels of rows (rows,depth); zeros where `silent`. */
export function moveLane(
  panels: usize,
  row: i32,
  lanes: usize,
  lane: i32,
  depth: i32,
  silent: bool,
): void {
  let to = panels + ROW_STEP * ((row / TILE_ROWS) * depth) + ((<usize>(row % TILE_ROWS)) << 2);
  let from = lanes + ((<usize>lane) << 2);
  for (let k = 0; k < depth; k++) {
    store<f32>(to, silent ? <f32>0 : load<f32>(from));
    to += ROW_STEP;
    from += LANE_STEP;
  }
}

/**
 * Keys of a block: panels of rows (rows,width + 1), log factors and shifts (rows). A masked key is 0 with log factor
 * −∞. `lanes` is room for two panels of `paddedRows(width)` rows.
 */
export function enterKeys(
  panels: usize,
  logScale: usize,
  shifts: usize,
  input: HiddenInput,
  keys: usize,
  stride: i32,
  mask: usize,
  rows: i32,
  lanes: usize,
): void {
  const depth = input.width + 1;
  const spare = lanes + LANE_STEP * paddedRows(input.width);
  for (let t = 0; t < rows; t += TILE_COLUMNS) {
    const count = min(TILE_COLUMNS, rows - t);
    const scales = logScale + ((<usize>t) << 2);
    const from = keys + ((<usize>t * <usize>stride) << 2);
    enterTokens(lanes, scales, shifts + ((<usize>t) << 2), input, from, stride, count, spare);
    for (let i = 0; i < count; i++) {
      const silent = mask != 0 && !load<u8>(mask + <usize>(t + i));
      moveLane(panels, t + i, lanes, i, depth, silent);
      if (!silent) continue;
      store<f32>(scales + ((<usize>i) << 2), -Infinity);
      store<f32>(shifts + ((<usize>(t + i)) << 2), 0);
    }
  }
}

/**
 * [v | 1] of one token into panels of rows (width + 1,depth), `panelBytes` apart: the ones make the normaliser one
 * more row of the output. `out` is the token's place in the first panel. A silent token is 0: its values may be NaN.
 */
export function enterValues(
  out: usize,
  panelBytes: usize,
  values: usize,
  width: i32,
  silent: bool,
): void {
  let first = 0;
  for (; first + TILE_ROWS <= width; first += TILE_ROWS) {
    const from = values + ((<usize>first) << 2);
    const four = silent ? f32x4.splat(0) : v128.load(from);
    v128.store(out, four);
    for (let i = 4; i < TILE_ROWS; i++) {
      const at = (<usize>i) << 2;
      store<f32>(out + at, silent ? 0 : load<f32>(from + at));
    }
    out += panelBytes;
  }
  for (let i = 0; i < TILE_ROWS; i++) {
    const j = first + i;
    const one: f32 = j == width ? 1 : 0;
    const value = j < width ? load<f32>(values + ((<usize>j) << 2)) : one;
    store<f32>(out + ((<usize>i) << 2), silent ? 0 : value);
  }
}

/** out (count,width), rows `stride` apart = lanes (width,8)ᵀ · factors (8): eight answers back into rows. */
export function leaveLanes(
  out: usize,
  stride: i32,
  lanes: usize,
  factors: usize,
  width: i32,
  count: i32,
): void {
  const rowBytes = (<usize>stride) << 2;
  for (let half = 0; half < count; half += 4) {
    const offset = (<usize>half) << 2;
    const factor = v128.load(factors + offset);
    const present = min(4, count - half);
    let from = lanes + offset;
    let to = out + rowBytes * half;
    let j = 0;
    for (; j + 4 <= width && present == 4; j += 4) {
      const r0 = f32x4.mul(v128.load(from), factor);
      const r1 = f32x4.mul(v128.load(from, 32), factor);
      const r2 = f32x4.mul(v128.load(from, 64), factor);
      const r3 = f32x4.mul(v128.load(from, 96), factor);
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
      v128.store(to + rowBytes, v128.shuffle<f64>(low01, low23, 1, 3));
      v128.store(to + rowBytes * 2, v128.shuffle<f64>(high01, high23, 0, 2));
      v128.store(to + rowBytes * 3, v128.shuffle<f64>(high01, high23, 1, 3));
      from += LANE_STEP * 4;
      to += 16;
    }
    for (; j < width; j++) {
      for (let i = 0; i < present; i++) {
        const at = (<usize>i) << 2;
        store<f32>(to + rowBytes * i, load<f32>(from + at) * load<f32>(factors + offset + at));
      }
      from += LANE_STEP;
      to += 4;
    }
  }
}
