// A linear layer of a transformer: y = f(x W + b), or added to the stream. Its weights are packed once, when the
// model is loaded, with the bias as one more row: the weight of a coordinate that is always 1. The activation f is
// applied to each tile of the result as it is stored.
import { loadTail, storeTail } from './elementwise';
import { DEPTH, ROWS } from './gemm';
import { geluLanes } from './lanes';
import { pack } from './panels';
import { multiplyEdge, multiplyTile, ROW_STEP, TILE_COLUMNS, TILE_ROWS } from './tile';

// What is done to x W + b; 0 is nothing.
const RELU: i32 = 1;
const GELU: i32 = 2;

/** Columns rounded up to whole panels. */
function padColumns(output: i32): i32 {
  return (output + TILE_COLUMNS - 1) & ~(TILE_COLUMNS - 1);
}

// Bytes of weights (input,output) and a bias, packed
export function packedWeightsBytes(input: i32, output: i32): f64 {
  return 4 * (<f64>input + 1) * <f64>padColumns(output);
}

// out = weights (input,output) and bias (output), packed as `linear` reads them; element (i,o) of the weights lies at
// w + i·row + o·column, in float32 elements
export function packWeights(
  out: usize,
  w: usize,
  row: i32,
  column: i32,
  bias: usize,
  input: i32,
  output: i32,
): void {
  const rowBytes = (<usize>row) << 2;
  const columnBytes = (<usize>column) << 2;
  // Once even where there is no input: the bias is still due.
  let p = 0;
  do {
    const depth = min(DEPTH, input - p);
    const last = p + depth == input;
    for (let j = 0; j < output; j += TILE_COLUMNS) {
      const width = min(TILE_COLUMNS, output - j);
      const from = w + <usize>p * rowBytes + <usize>j * columnBytes;
      pack(out, from, columnBytes, rowBytes, width, depth, TILE_COLUMNS);
      out += (<usize>(depth * TILE_COLUMNS)) << 2;
      if (!last) continue;
      pack(out, bias + ((<usize>j) << 2), 4, 0, width, 1, TILE_COLUMNS);
      out += (<usize>TILE_COLUMNS) << 2;
    }
    p += DEPTH;
  } while (p < input);
}

// w (output,input), row by row, and bias (output) = what `packWeights` packed
export function unpackWeights(w: usize, bias: usize, packed: usize, input: i32, output: i32): void {
  const rowBytes = (<usize>input) << 2;
  let p = 0;
  do {
    const depth = min(DEPTH, input - p);
    const last = p + depth == input;
    for (let j = 0; j < output; j += TILE_COLUMNS) {
      const width = min(TILE_COLUMNS, output - j);
      const to = w + <usize>j * rowBytes + ((<usize>p) << 2);
      for (let k = 0; k < depth; k++) {
        for (let o = 0; o < width; o++) {
          const value = load<f32>(packed + ((<usize>o) << 2));
          store<f32>(to + <usize>o * rowBytes + ((<usize>k) << 2), value);
        }
        packed += (<usize>TILE_COLUMNS) << 2;
      }
      if (!last) continue;
      memory.copy(bias + ((<usize>j) << 2), packed, (<usize>width) << 2);
      packed += (<usize>TILE_COLUMNS) << 2;
    }
    p += DEPTH;
  } while (p < input);
}

function activate(x: v128, activation: i32): v128 {
  return activation == RELU ? f32x4.max(x, f32x4.splat(0)) : geluLanes(x);
}

/** f of one tile. */
function activateTile(c: usize, rowBytes: usize, activation: i32, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j += 4) {
      const at = c + ((<usize>j) << 2);
      const count = columns - j;
      if (count >= 4) v128.store(at, activate(v128.load(at), activation));
      else storeTail(at, activate(loadTail(at, count), activation), count);
    }
    c += rowBytes;
  }
}

/** Panels of rows of x, each followed by a row of ones where the bias is due. */
function packRows(out: usize, x: usize, rowBytes: usize, rows: i32, depth: i32, ones: bool): void {
  for (let i = 0; i < rows; i += TILE_ROWS) {
    pack(out, x, rowBytes, 4, min(TILE_ROWS, rows - i), depth, TILE_ROWS);
    out += ROW_STEP * depth;
    x += rowBytes * TILE_ROWS;
    if (!ones) continue;
    for (let r = 0; r < TILE_ROWS; r++) store<f32>(out + ((<usize>r) << 2), 1);
    out += ROW_STEP;
  }
}

// out (rows,output) = f(x (rows,input) W + b), or with `accumulate` f(out + x W + b); W and b packed by `packWeights`;
// strides in elements. Error before f: at most (input + 1)·2⁻²⁴·Σ|terms|, one more term where it is added; GELU passes
// on 1.13 of it and has 3e-7·max(1, |x W + b|) of its own
export function linear(
  out: usize,
  outStride: i32,
  x: usize,
  xStride: i32,
  weights: usize,
  activation: i32,
  accumulate: bool,
  rows: i32,
  input: i32,
  output: i32,
  scratch: usize,
): void {
  const outBytes = (<usize>outStride) << 2;
  const xBytes = (<usize>xStride) << 2;
  const tile = scratch + ((<usize>(ROWS * (DEPTH + 1))) << 2);
  for (let i = 0; i < rows; i += ROWS) {
    const height = min(ROWS, rows - i);
    let panel = weights;
    let p = 0;
    do {
      const own = min(DEPTH, input - p);
      const last = p + own == input;
      const depth = last ? own + 1 : own;
      const add = accumulate || p > 0;
      packRows(scratch, x + <usize>i * xBytes + ((<usize>p) << 2), xBytes, height, own, last);
      for (let j = 0; j < output; j += TILE_COLUMNS) {
        const columns = min(TILE_COLUMNS, output - j);
        let to = out + <usize>i * outBytes + ((<usize>j) << 2);
        let panelOfRows = scratch;
        for (let r = 0; r < height; r += TILE_ROWS) {
          const tall = min(TILE_ROWS, height - r);
          if (tall == TILE_ROWS && columns == TILE_COLUMNS) {
            multiplyTile(to, outBytes, panelOfRows, panel, depth, add);
          } else {
            multiplyEdge(to, outBytes, panelOfRows, panel, depth, add, tile, tall, columns);
          }
          if (last && activation) activateTile(to, outBytes, activation, tall, columns);
          to += outBytes * TILE_ROWS;
          panelOfRows += ROW_STEP * depth;
        }
        panel += (<usize>(depth * TILE_COLUMNS)) << 2;
      }
      p += DEPTH;
    } while (p < input);
  }
}
