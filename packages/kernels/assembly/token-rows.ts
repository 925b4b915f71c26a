// Keys and values on their way into a head: they are on the other side of the products from the queries, in panels of
// rows (panels.ts).
import { HiddenInput } from './hidden-input';
import { LANE_STEP, ROW_STEP, TILE_COLUMNS, TILE_ROWS } from './tile';
import { enterTokens, paddedRows } from './tokens';

/** A lane of `lanes` (depth,8) becomes 0. */
export function silenceLane(lanes: usize, lane: i32, depth: i32): void {
  const first = lanes + ((<usize>lane) << 2);
  for (let k = 0; k < depth; k++) store<f32>(first + LANE_STEP * k, 0);
}

/** `count` neighbouring lanes of (depth,8), at most as many as a tile has rows, to neighbouring rows of one panel. */
function moveNeighbours(to: usize, from: usize, count: i32, depth: i32): void {
  for (let k = 0; k < depth; k++) {
    let i = 0;
    if (count >= 4) {
      v128.store(to, v128.load(from));
      i = 4;
    }
    for (; i < count; i++) {
      const at = (<usize>i) << 2;
      store<f32>(to + at, load<f32>(from + at));
    }
    to += ROW_STEP;
    from += LANE_STEP;
  }
}

/** The first `count` lanes of `lanes` (depth,8) as rows `row` and on of panels of rows (rows,depth). */
export function moveLanes(panels: usize, row: i32, lanes: usize, count: i32, depth: i32): void {
  let lane = 0;
  while (lane < count) {
    const place = (row + lane) % TILE_ROWS;
    const neighbours = min(TILE_ROWS - place, count - lane);
    const panel = panels + ROW_STEP * (((row + lane) / TILE_ROWS) * depth);
    const from = lanes + ((<usize>lane) << 2);
    moveNeighbours(panel + ((<usize>place) << 2), from, neighbours, depth);
    lane += neighbours;
  }
}

/**
 * Keys of a block: panels of rows (rows,depth), log factors and shifts (rows). A masked key is 0 with log factor
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
  const depth = input.depth;
  const spare = lanes + LANE_STEP * paddedRows(input.width);
  for (let t = 0; t < rows; t += TILE_COLUMNS) {
    const count = min(TILE_COLUMNS, rows - t);
    const scales = logScale + ((<usize>t) << 2);
    const from = keys + ((<usize>t * <usize>stride) << 2);
    enterTokens(lanes, scales, shifts + ((<usize>t) << 2), input, from, stride, count, spare);
    for (let i = 0; mask && i < count; i++) {
      if (load<u8>(mask + <usize>(t + i))) continue;
      silenceLane(lanes, i, depth);
      store<f32>(scales + ((<usize>i) << 2), -Infinity);
      store<f32>(shifts + ((<usize>(t + i)) << 2), 0);
    }
    moveLanes(panels, t, lanes, count, depth);
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
