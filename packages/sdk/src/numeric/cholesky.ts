import { TripartiteError } from '../errors.js';

// Matrices are (n, n), row by row; "lower" ones have zeros above the diagonal.

/**
 * The lower L with L Lᵀ = `matrix`, which is symmetric (only its lower half is read). Throws BAD_INPUT where
 * the matrix is not positive definite in double precision, BAD_SHAPE where it is not (n, n).
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  checkLength('matrix', matrix, n * n);
  const lower = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * n + column] as number;
      for (let k = 0; k < column; k++) {
        rest -= (lower[row * n + k] as number) * (lower[column * n + k] as number);
      }
      if (column < row) {
        lower[row * n + column] = rest / (lower[column * n + column] as number);
      } else if (rest > 0 && rest < Infinity) {
        lower[row * n + row] = Math.sqrt(rest);
      } else {
        throw new TripartiteError(
          'BAD_INPUT',
          `matrix is not positive definite: pivot ${row} is ${rest}; every pivot must be above 0`,
        );
      }
    }
  }
  return lower;
}

/** The lower inverse of a lower matrix without zeros on its diagonal. Throws BAD_SHAPE. */
export function invertLower(lower: Float64Array, n: number): Float64Array {
  checkLength('lower matrix', lower, n * n);
  const inverse = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    const pivot = lower[row * n + row] as number;
    // Row by row: L⁻¹[row] = (e_row − Σ_k L[row, k] L⁻¹[k]) / L[row, row].
    for (let k = 0; k < row; k++) {
      const factor = (lower[row * n + k] as number) / pivot;
      for (let column = 0; column <= k; column++) {
        inverse[row * n + column] =
          (inverse[row * n + column] as number) - factor * (inverse[k * n + column] as number);
      }
    }
    inverse[row * n + row] = 1 / pivot;
  }
  return inverse;
}

function checkLength(subject: string, values: Float64Array, expected: number): void {
  if (values.length !== expected) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `${subject} has ${values.length} values; it must have ${expected}`,
    );
  }
}
