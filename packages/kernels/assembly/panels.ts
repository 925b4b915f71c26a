// Panels: a matrix's values in the order in which the micro-kernel of the matrix product reads them.
import { TILE_COLUMNS } from './tile';

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
    if (present == tile && tile == TILE_COLUMNS && stride == 4) {
      packContiguous(out, panel, step, depth);
    } else {
      for (let x = 0; x < tile; x++) {
        packLine(
          out + ((<usize>x) << 2),
          outStep,
          panel + <usize>x * stride,
          step,
          x < present ? depth : 0,
          depth,
        );
      }
    }
    out += outStep * depth;
  }
}

/** A full panel whose eight values lie side by side in the source. */
function packContiguous(out: usize, source: usize, step: usize, depth: i32): void {
  for (let k = 0; k < depth; k++) {
    v128.store(out, v128.load(source, 0));
    v128.store(out, v128.load(source, 16), 16);
    out += 32;
    source += step;
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
