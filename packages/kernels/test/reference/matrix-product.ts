/** A matrix by strides, as `gemm` takes it. */
export interface Strided {
  readonly values: Float32Array;
  readonly row: number;
  readonly column: number;
}

/** C (m,n) = A (m,k) B (k,n) in float64, and of each element Σ|a b|, which bounds float32's error. */
export function multiply(
  a: Strided,
  b: Strided,
  m: number,
  n: number,
  k: number,
): { product: Float64Array; sizes: Float64Array } {
  const product = new Float64Array(m * n);
  const sizes = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let size = 0;
      for (let p = 0; p < k; p++) {
        const term =
          (a.values[i * a.row + p * a.column] as number) *
          (b.values[p * b.row + j * b.column] as number);
        sum += term;
        size += Math.abs(term);
      }
      product[i * n + j] = sum;
      sizes[i * n + j] = size;
    }
  }
  return { product, sizes };
}
