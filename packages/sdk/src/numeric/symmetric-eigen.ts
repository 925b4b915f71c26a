import { TripartiteError } from '../errors.js';
import { multiplyReflectors, tridiagonalise } from './tridiagonal.js';

/** Eigenvalues and eigenvectors of a symmetric matrix. */
export interface SymmetricEigen {
  /** The n eigenvalues, largest first. */
  readonly values: Float64Array;
  /** (n, n), row by row; column j is the unit eigenvector of value j, its largest component positive. */
  readonly vectors: Float64Array;
}

const EPSILON = 2.220446049250313e-16;
// Values need 1.7 steps on average; the bound only keeps a fault from looping for ever.
const STEPS_PER_VALUE = 60;

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric (n, n) matrix, of which the lower half is read:
 * Householder tridiagonalisation, then implicit QL with Wilkinson's shift (Golub and Van Loan, Matrix
 * Computations, sections 8.3.1 and 8.3.5). Residuals are a few n ε times the largest value. Throws
 * BAD_SHAPE, and BAD_INPUT where a value is not finite.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const scale = scaleOf(matrix, n);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (matrix[i * n + j] as number) / scale;
      a[i * n + j] = value;
      a[j * n + i] = value;
    }
  }
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const reflectors = tridiagonalise(a, n, diagonal, beside);
  const basis = multiplyReflectors(reflectors, n);
  diagonalise(diagonal, beside, basis, n);
  return arrange(diagonal, basis, n, scale);
}

/** A power of two near the largest size, so that scaling rounds nothing and no square overflows. */
function scaleOf(matrix: Float64Array, n: number): number {
  if (matrix.length !== n * n) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `matrix has ${matrix.length} values; ${n} rows and columns need ${n * n}`,
    );
  }
  let largest = 0;
  for (const value of matrix) {
    if (!Number.isFinite(value)) {
      throw new TripartiteError('BAD_INPUT', `matrix holds ${value}; all values must be finite`);
    }
    largest = Math.max(largest, Math.abs(value));
  }
  let scale = 1;
  while (scale < largest / 2) scale *= 2;
  while (scale > largest && largest > 2.2250738585072014e-308) scale /= 2;
  return scale;
}

/** Rotates the tridiagonal matrix to diagonal form in place, and the rows of `basis` with it. */
function diagonalise(d: Float64Array, e: Float64Array, basis: Float64Array, n: number): void {
  for (let first = 0; first < n; first++) {
    for (let step = 0; ; step++) {
      const last = blockEnd(d, e, first, n);
      if (last === first) break;
      if (step === STEPS_PER_VALUE) {
        throw new TripartiteError('BAD_INPUT', `eigenvalue ${first} of ${n} did not converge`);
      }
      chase(d, e, basis, n, first, last);
    }
  }
}

/** Where the block that starts at `first` ends: at the first coupling lost in rounding. */
function blockEnd(d: Float64Array, e: Float64Array, first: number, n: number): number {
  let last = first;
  while (last < n - 1) {
    const size = Math.abs(d[last] as number) + Math.abs(d[last + 1] as number);
    if (Math.abs(e[last] as number) <= EPSILON * size) break;
    last += 1;
  }
  return last;
}

/** One implicit QL step on the block first … last: a bulge runs from its bottom to its top. */
function chase(
  d: Float64Array,
  e: Float64Array,
  basis: Float64Array,
  n: number,
  first: number,
  last: number,
): void {
  // Wilkinson's shift: the eigenvalue of the top 2 × 2 corner nearer to d[first].
  const corner = e[first] as number;
  const half = ((d[first + 1] as number) - (d[first] as number)) / (2 * corner);
  const root = Math.sqrt(half * half + 1);
  let lead =
    (d[last] as number) - (d[first] as number) + corner / (half + (half < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let carry = 0;
  for (let i = last - 1; i >= first; i--) {
    const bulge = sine * (e[i] as number);
    const coupling = cosine * (e[i] as number);
    const size = Math.sqrt(bulge * bulge + lead * lead);
    e[i + 1] = size;
    if (size === 0) {
      // The bulge has vanished by underflow: the block splits here.
      d[i + 1] = (d[i + 1] as number) - carry;
      e[last] = 0;
      return;
    }
    sine = bulge / size;
    cosine = lead / size;
    const shifted = (d[i + 1] as number) - carry;
    const turn = ((d[i] as number) - shifted) * sine + 2 * cosine * coupling;
    carry = sine * turn;
    d[i + 1] = shifted + carry;
    lead = cosine * turn - coupling;
    for (let j = 0; j < n; j++) {
      const upper = basis[i * n + j] as number;
      const lower = basis[(i + 1) * n + j] as number;
      basis[i * n + j] = cosine * upper - sine * lower;
      basis[(i + 1) * n + j] = sine * upper + cosine * lower;
    }
  }
  d[first] = (d[first] as number) - carry;
  e[first] = lead;
  e[last] = 0;
}

/** Values in falling order, scaled back; rows of `basis` to columns, signs settled. */
function arrange(d: Float64Array, basis: Float64Array, n: number, scale: number): SymmetricEigen {
  const order = Array.from(d.keys()).sort((i, j) => (d[j] as number) - (d[i] as number));
  const values = Float64Array.from(order, (i) => (d[i] as number) * scale);
  const vectors = new Float64Array(n * n);
  order.forEach((source, column) => {
    const vector = basis.subarray(source * n, (source + 1) * n);
    const largest = vector.reduce((peak, x) => (Math.abs(x) > Math.abs(peak) ? x : peak), 0);
    const sign = largest < 0 ? -1 : 1;
    for (let i = 0; i < n; i++) vectors[i * n + column] = sign * (vector[i] as number);
  });
  return { values, vectors };
}
