// Tokens on their way into a head and out of it. Eight at a time they stand in the lanes (width,8), so that nothing is
// ever summed across lanes.
import { HiddenInput } from './hidden-input';
import { pack } from './panels';
import { LANE_STEP, multiplyTile, TILE_COLUMNS, TILE_ROWS } from './tile';

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
 * (8). What stands in lanes without a token is of no use. `panel` and `spare` have `paddedRows(width)` rows.
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
