// Keys and values on their way into a head: they are on the other side of the products from the queries, in panels of
// rows (panels.ts).
import { HiddenInput } from './hidden-input';
import { LANE_STEP, ROW_STEP, TILE_COLUMNS, TILE_ROWS } from './tile';
import { enterTokens, paddedRows } from './tokens';

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
