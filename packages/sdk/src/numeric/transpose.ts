/** Columns moved at a time, so that both matrices stay in the cache. */
const block = 32;

/**
 * Writes the transpose of a (rows, columns) matrix into `out`, (columns, rows) with `stride` elements from row to
 * row, from column `first` on.
 */
export function transposeInto(
  out: Float32Array,
  stride: number,
  first: number,
  matrix: Float32Array,
  rows: number,
  columns: number,
): void {
  for (let start = 0; start < rows; start += block) {
    const end = Math.min(start + block, rows);
    for (let i = 0; i < columns; i++) {
      const to = i * stride + first;
      for (let j = start; j < end; j++) out[to + j] = matrix[j * columns + i] as number;
    }
  }
}
