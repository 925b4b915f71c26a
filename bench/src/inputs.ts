import { createGenerator } from '@tripartite/sdk';

/** `count` standard normal numbers, the same for the same label. */
export function normals(label: string, count: number): Float32Array {
  const generator = createGenerator(1, 'bench', label);
  return Float32Array.from({ length: count }, () => generator.normal());
}

/** x (rows,width) with a column of ones behind. */
export function withOnes(x: Float32Array, rows: number, width: number): Float32Array {
  const out = new Float32Array(rows * (width + 1)).fill(1);
  for (let row = 0; row < rows; row++) {
    out.set(x.subarray(row * width, (row + 1) * width), row * (width + 1));
  }
  return out;
}

/** xᵀ (columns,rows) of x (rows,columns). */
export function transposed(x: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(x.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out[column * rows + row] = x[row * columns + column] as number;
    }
  }
  return out;
}
