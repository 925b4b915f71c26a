import { TripartiteError } from '../errors.js';
import { fillNormal, type Generator } from './generator.js';

// Random weights of hidden layers: `rows` vectors of `width` values, row by row, each standard normal on
// its own; the samplings differ in how the rows depend on each other.

/** Independent rows, (rows, width). Throws BAD_INPUT unless both sizes are whole numbers from 1. */
export function gaussianRows(generator: Generator, rows: number, width: number): Float64Array {
  checkSizes(rows, width);
  return fillNormal(generator, new Float64Array(rows * width));
}

/**
 * Rows in pairs w, −w, (rows, width); with an odd number the last has no partner. Throws BAD_INPUT unless
 * both sizes are whole numbers from 1.
 */
export function antitheticRows(generator: Generator, rows: number, width: number): Float64Array {
  checkSizes(rows, width);
  const out = new Float64Array(rows * width);
  for (let row = 0; row < rows; row += 2) {
    fillNormal(generator, out.subarray(row * width, (row + 1) * width));
    if (row + 1 === rows) break;
    for (let i = row * width; i < (row + 1) * width; i++) out[i + width] = -(out[i] as number);
  }
  return out;
}

/**
 * Rows in blocks of `width`, orthogonal within a block, blocks independent, the last one cut,
 * (rows, width). Directions are Haar distributed, norms those of independent Gaussian vectors: the
 * orthogonal random features of FAVOR+ (Choromanski et al., ICLR 2021, section 2.4). Throws BAD_INPUT
 * unless both sizes are whole numbers from 1.
 */
export function orthogonalRows(generator: Generator, rows: number, width: number): Float64Array {
  checkSizes(rows, width);
  const out = new Float64Array(rows * width);
  const other = new Float64Array(width);
  for (let start = 0; start < rows; start += width) {
    const count = Math.min(width, rows - start);
    const block = out.subarray(start * width, (start + count) * width);
    orthonormalise(fillNormal(generator, block), count, width);
    for (let row = 0; row < count; row++) {
      scale(block, row * width, width, norm(fillNormal(generator, other), 0, width));
    }
  }
  return out;
}

/**
 * Gram–Schmidt on `count` rows in place. Of a Gaussian matrix it makes the first rows of a Haar matrix,
 * since it leaves the triangular factor's diagonal positive (Mezzadri, Notices AMS 54, 2007). Every row is
 * projected twice, which keeps orthogonality at rounding error (Giraud et al., 2005).
 */
function orthonormalise(block: Float64Array, count: number, width: number): void {
  for (let row = 0; row < count; row++) {
    const at = row * width;
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < at; other += width) {
        const dot = multiplyRows(block, at, other, width);
        for (let i = 0; i < width; i++) {
          block[at + i] = (block[at + i] as number) - dot * (block[other + i] as number);
        }
      }
    }
    scale(block, at, width, 1 / norm(block, at, width));
  }
}

/** Dot product of two rows, in four sums that do not wait for each other. */
function multiplyRows(block: Float64Array, a: number, b: number, width: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = width - (width % 4);
  for (let i = 0; i < whole; i += 4) {
    s0 += (block[a + i] as number) * (block[b + i] as number);
    s1 += (block[a + i + 1] as number) * (block[b + i + 1] as number);
    s2 += (block[a + i + 2] as number) * (block[b + i + 2] as number);
    s3 += (block[a + i + 3] as number) * (block[b + i + 3] as number);
  }
  for (let i = whole; i < width; i++) {
    s0 += (block[a + i] as number) * (block[b + i] as number);
  }
  return s0 + s1 + (s2 + s3);
}

function norm(values: Float64Array, at: number, width: number): number {
  let sum = 0;
  for (let i = at; i < at + width; i++) sum += (values[i] as number) * (values[i] as number);
  return Math.sqrt(sum);
}

function scale(values: Float64Array, at: number, width: number, factor: number): void {
  for (let i = at; i < at + width; i++) values[i] = (values[i] as number) * factor;
}

function checkSizes(rows: number, width: number): void {
  if (!Number.isSafeInteger(rows) || rows < 1 || !Number.isSafeInteger(width) || width < 1) {
    throw new TripartiteError(
      'BAD_INPUT',
      `random rows: got ${rows} rows of width ${width}; both are whole numbers from 1`,
    );
  }
}
