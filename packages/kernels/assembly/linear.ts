// A linear layer of a transformer: y = f(x W + b), or added to the stream. Its weights are packed once, when the
// model is loaded; bias and activation f are applied to each strip of the result while it is in the first-level cache.
import { loadTail, storeTail } from './elementwise';
import { DEPTH, multiplyStrip, ROWS } from './gemm';
import { geluLanes } from './lanes';
import { pack } from './panels';
import { TILE_COLUMNS, TILE_ROWS } from './tile';

// What is done to x W + b.
const IDENTITY: i32 = 0;
const RELU: i32 = 1;
const GELU: i32 = 2;

// out (input, outputs rounded up to 8) = weights, packed as `linear` reads them; element (i,o) of the weights
// lies at w + i·row + o·column, in float32 elements
export function packWeights(
  out: usize,
  w: usize,
  row: i32,
  column: i32,
  input: i32,
  output: i32,
): void {
  const rowBytes = (<usize>row) << 2;
  const padded = (output + TILE_COLUMNS - 1) & ~(TILE_COLUMNS - 1);
  for (let p = 0; p < input; p += DEPTH) {
    const depth = min(DEPTH, input - p);
    const to = out + ((<usize>(p * padded)) << 2);
    pack(to, w + <usize>p * rowBytes, (<usize>column) << 2, rowBytes, output, depth, TILE_COLUMNS);
  }
}

function activate(x: v128, activation: i32): v128 {
  if (activation == RELU) return f32x4.max(x, f32x4.splat(0));
  if (activation == GELU) return geluLanes(x);
  return x;
}

/** f(x + bias) of a strip of at most eight columns. */
function finishStrip(
  c: usize,
  rowBytes: usize,
  bias: usize,
  activation: i32,
  rows: i32,
  width: i32,
): void {
  for (let j = 0; j < width; j += 4) {
    const at = (<usize>j) << 2;
    const count = min(4, width - j);
    const b = count == 4 ? v128.load(bias + at) : loadTail(bias + at, count);
    let to = c + at;
    for (let i = 0; i < rows; i++) {
      if (count == 4) v128.store(to, activate(f32x4.add(v128.load(to), b), activation));
      else storeTail(to, activate(f32x4.add(loadTail(to, count), b), activation), count);
      to += rowBytes;
    }
  }
}

// out (rows,output) = f(x (rows,input) W + bias (output)), or with `accumulate` out + x W + bias under f; W packed
// by `packWeights`; strides in elements. Error before f: at most (input + 1)·2⁻²⁴·Σ|terms|, one more term where it is
// added; GELU passes on 1.13 of it and has 3e-7·max(1, |x W + b|) of its own
export function linear(
  out: usize,
  outStride: i32,
  x: usize,
  xStride: i32,
  weights: usize,
  bias: usize,
  activation: i32,
  accumulate: bool,
  rows: i32,
  input: i32,
  output: i32,
  scratch: usize,
): void {
  const padded = (output + TILE_COLUMNS - 1) & ~(TILE_COLUMNS - 1);
  const outBytes = (<usize>outStride) << 2;
  const tile = scratch + ((<usize>(ROWS * DEPTH)) << 2);
  for (let i = 0; i < rows; i += ROWS) {
    const height = min(ROWS, rows - i);
    const to = out + <usize>i * outBytes;
    // Once even where there is no input: bias and activation are still due.
    let p = 0;
    do {
      const depth = min(DEPTH, input - p);
      const add = accumulate || p > 0;
      const last = p + depth == input;
      const from = x + ((<usize>i * <usize>xStride + <usize>p) << 2);
      pack(scratch, from, (<usize>xStride) << 2, 4, height, depth, TILE_ROWS);
      for (let j = 0; j < output; j += TILE_COLUMNS) {
        const width = min(TILE_COLUMNS, output - j);
        const strip = to + ((<usize>j) << 2);
        const panel = weights + ((<usize>(p * padded + j * depth)) << 2);
        multiplyStrip(strip, outBytes, scratch, panel, height, width, depth, add, tile);
        if (last) {
          finishStrip(strip, outBytes, bias + ((<usize>j) << 2), activation, height, width);
        }
      }
      p += DEPTH;
    } while (p < input);
  }
}
