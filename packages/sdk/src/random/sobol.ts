import { TripartiteError } from '../errors.js';
import type { Generator } from './generator.js';
import { normalQuantile } from './normal-quantile.js';
import { SOBOL_DIMENSIONS, SOBOL_DIRECTIONS } from './sobol-directions.js';

const BITS = 32;

/**
 * Standard normal rows from a scrambled Sobol sequence, (rows, width), width up to 256: the first `rows`
 * points, each coordinate through the normal quantile. Scrambling is a random linear matrix scramble and a
 * digital shift (Matoušek, J. Complexity 14, 1998), so that each point alone is uniform and the net is
 * kept; 32 bits, so that no value is beyond ±6.34. Even quality asks for a power of two as `rows`. Throws
 * BAD_INPUT for sizes outside 1 … 2^32 and 1 … 256.
 */
export function sobolNormalRows(generator: Generator, rows: number, width: number): Float64Array {
  checkSizes(rows, width);
  const directions = scrambleDirections(generator, sobolDirections(width));
  const shift = Uint32Array.from({ length: width }, () => generator.bits());
  const points = sobolPoints(directions, rows, shift);
  const normals = new Float64Array(points.length);
  for (let i = 0; i < normals.length; i++) {
    normals[i] = normalQuantile(((points[i] as number) + 0.5) / 4294967296);
  }
  return normals;
}

/**
 * The first `rows` points of the sequence with the given direction numbers, (rows, width), as fractions of
 * 2^32, in Gray-code order (Antonov and Saleev 1979), all xored with `shift`, which is the first point.
 * Throws BAD_INPUT where `rows` is no whole number from 1 to 2^32.
 */
export function sobolPoints(
  directions: Uint32Array,
  rows: number,
  shift: Uint32Array = new Uint32Array(directions.length / BITS),
): Uint32Array {
  const width = shift.length;
  checkSizes(rows, width);
  const points = new Uint32Array(rows * width);
  points.set(shift);
  for (let row = 1; row < rows; row++) {
    // Consecutive Gray codes differ in one bit: the lowest one set in `row`.
    const bit = 31 - Math.clz32(row & -row);
    const at = row * width;
    for (let i = 0; i < width; i++) {
      points[at + i] = (points[at - width + i] as number) ^ (directions[i * BITS + bit] as number);
    }
  }
  return points;
}

/**
 * Direction numbers of the first `width` dimensions, (width, 32), first binary digit in the highest bit.
 * Throws BAD_INPUT unless `width` is a whole number from 1 to 256.
 */
export function sobolDirections(width: number): Uint32Array {
  checkSizes(1, width);
  const directions = new Uint32Array(width * BITS);
  let next = 0;
  for (let dimension = 0; dimension < width; dimension++) {
    const v = directions.subarray(dimension * BITS, (dimension + 1) * BITS);
    const polynomial = SOBOL_DIRECTIONS[next++] as number;
    const degree = 31 - Math.clz32(polynomial);
    for (let j = 0; j < BITS; j++) {
      if (degree === 0) v[j] = 1 << (31 - j);
      else if (j < degree) v[j] = (SOBOL_DIRECTIONS[next++] as number) << (31 - j);
      else v[j] = recur(v, j, polynomial, degree);
    }
  }
  return directions;
}

/** v_j = v_{j−s} ⊕ v_{j−s} / 2^s ⊕ Σ a_k v_{j−k} for a polynomial of degree s (Bratley and Fox 1988). */
function recur(v: Uint32Array, j: number, polynomial: number, degree: number): number {
  const last = v[j - degree] as number;
  let value = last ^ (last >>> degree);
  for (let k = 1; k < degree; k++) {
    if ((polynomial >>> (degree - k)) & 1) value ^= v[j - k] as number;
  }
  return value;
}

/** Copies direction numbers, those of each dimension multiplied by a random binary matrix of its own. */
function scrambleDirections(generator: Generator, directions: Uint32Array): Uint32Array {
  const scrambled = new Uint32Array(directions.length);
  const matrix = new Uint32Array(BITS);
  for (let start = 0; start < directions.length; start += BITS) {
    // Row i makes digit i from digits 0 … i: lower triangular, ones on the diagonal.
    for (let i = 0; i < BITS; i++) {
      const diagonal = 1 << (31 - i);
      matrix[i] = (generator.bits() & ~(2 * diagonal - 1)) | diagonal;
    }
    for (let j = start; j < start + BITS; j++) {
      let product = 0;
      for (let i = 0; i < BITS; i++) {
        product |= parity((matrix[i] as number) & (directions[j] as number)) << (31 - i);
      }
      scrambled[j] = product;
    }
  }
  return scrambled;
}

function parity(word: number): number {
  let x = word ^ (word >>> 16);
  x ^= x >>> 8;
  x ^= x >>> 4;
  x ^= x >>> 2;
  return (x ^ (x >>> 1)) & 1;
}

function checkSizes(rows: number, width: number): void {
  const whole = Number.isSafeInteger(rows) && Number.isSafeInteger(width);
  if (!whole || rows < 1 || rows > 4294967296 || width < 1 || width > SOBOL_DIMENSIONS) {
    throw new TripartiteError(
      'BAD_INPUT',
      `sobol: got ${rows} rows of width ${width}; allowed are 1 … 2^32 rows, width 1 … ${SOBOL_DIMENSIONS}`,
    );
  }
}
