// Panels: a matrix's values in the order in which the micro-kernel of the matrix product reads them.
import { LANE_STEP, TILE_COLUMNS, TILE_ROWS } from './tile';

/**
 * Packs a (count, depth) part of a matrix into panels of `tile` rows, depth-major: panel[k·tile + i] =
 * source[i·stride + k·step]. The last panel is filled up with zeros. Strides in bytes.
 */
export function pack(
  out: usize,
  source: usize,
  stride: usize,
  step: usize,
  count: i32,
  depth: i32,
  tile: i32,
): void {
  const outStep = (<usize>tile) << 2;
  for (let i = 0; i < count; i += tile) {
    const present = min(tile, count - i);
    const panel = source + <usize>i * stride;
    if (present == tile && stride == 4) packContiguous(out, outStep, panel, step, depth);
    else packLines(out, outStep, panel, stride, step, present, depth, tile);
    out += outStep * depth;
  }
}

/** A full panel whose values of one depth lie side by side in the source: eight, or as many as a tile has rows. */
function packContiguous(out: usize, outStep: usize, source: usize, step: usize, depth: i32): void {
  const wide = outStep == LANE_STEP;
  for (let k = 0; k < depth; k++) {
    v128.store(out, v128.load(source, 0));
    if (wide) v128.store(out, v128.load(source, 16), 16);
    else if (TILE_ROWS == 6) store<u64>(out, load<u64>(source, 16), 16);
    else store<f32>(out, load<f32>(source, 16), 16);
    out += outStep;
    source += step;
  }
}

/** A panel row by row; four rows at a time where their values lie one after another. */
function packLines(
  out: usize,
  outStep: usize,
  source: usize,
  stride: usize,
  step: usize,
  present: i32,
  depth: i32,
  tile: i32,
): void {
  let x = 0;
  if (step == 4) {
    for (; x + 4 <= present; x += 4) {
      packFour(out + ((<usize>x) << 2), outStep, source + <usize>x * stride, stride, depth);
    }
  }
  for (; x < tile; x++) {
    const to = out + ((<usize>x) << 2);
    packLine(to, outStep, source + <usize>x * stride, step, x < present ? depth : 0, depth);
  }
}

/** Four rows of a panel, transposed in blocks of 4 × 4. */
function packFour(out: usize, outStep: usize, source: usize, stride: usize, depth: i32): void {
  const whole = depth & ~3;
  for (let k = 0; k < whole; k += 4) {
    const r0 = v128.load(source);
    const r1 = v128.load(source + stride);
    const r2 = v128.load(source + stride * 2);
    const r3 = v128.load(source + stride * 3);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(out + outStep, v128.shuffle<f64>(low01, low23, 1, 3));
    v128.store(out + outStep * 2, v128.shuffle<f64>(high01, high23, 0, 2));
    v128.store(out + outStep * 3, v128.shuffle<f64>(high01, high23, 1, 3));
    source += 16;
    out += outStep * 4;
  }
  for (let row = 0; row < 4; row++) {
    const from = source + <usize>row * stride;
    packLine(out + ((<usize>row) << 2), outStep, from, 4, depth - whole, depth - whole);
  }
}

/** One row of a panel: `present` values of the source, then zeros up to `depth`. */
function packLine(
  out: usize,
  outStep: usize,
  source: usize,
  step: usize,
  present: i32,
  depth: i32,
): void {
  let k = 0;
  for (; k < present; k++) {
    store<f32>(out, load<f32>(source));
    out += outStep;
    source += step;
  }
  for (; k < depth; k++) {
    store<f32>(out, 0);
    out += outStep;
  }
}

// Bytes that (rows,depth) in panels of either kind takes at most
export function panelBytes(rows: i32, depth: i32): f64 {
  return 4 * (<f64>rows + TILE_COLUMNS) * <f64>depth;
}

// out = x (rows,depth), its rows `stride` elements apart, in panels of rows
export function packRowPanels(out: usize, x: usize, stride: i32, rows: i32, depth: i32): void {
  pack(out, x, (<usize>stride) << 2, 4, rows, depth, TILE_ROWS);
}

// out = x (rows,depth), its rows `stride` elements apart, in panels of eight rows, which stand in the lanes
export function packLanePanels(out: usize, x: usize, stride: i32, rows: i32, depth: i32): void {
  pack(out, x, (<usize>stride) << 2, 4, rows, depth, TILE_COLUMNS);
}
