import { randomFloats } from './workbench.js';

/** Rows of tokens or values, `stride` apart. */
export interface Rows {
  readonly values: Float32Array;
  readonly stride: number;
}

/** Random rows with a gap between them that holds NaN. */
export function randomRows(seed: number, rows: number, width: number, size = 1, gap = 1): Rows {
  const stride = width + gap;
  const values = randomFloats(seed, rows * stride, size);
  for (let t = 0; t < rows; t++) values.fill(Number.NaN, t * stride + width, (t + 1) * stride);
  return { values, stride };
}

/** Row `t`. */
export function rowOf({ values, stride }: Rows, t: number): Float32Array {
  return values.subarray(t * stride, (t + 1) * stride);
}

/** The rows from `first` on. */
export function rowsFrom({ values, stride }: Rows, first: number): Rows {
  return { values: values.subarray(first * stride), stride };
}

/** Rows of `width` values that lie one further apart. Throws where the gap was overwritten. */
export function withoutGaps(values: Float32Array, rows: number, width: number): Float32Array {
  const out = new Float32Array(rows * width);
  for (let t = 0; t < rows; t++) {
    out.set(values.subarray(t * (width + 1), t * (width + 1) + width), t * width);
    if (!Number.isNaN(values[t * (width + 1) + width])) throw new Error(`wrote after row ${t}`);
  }
  return out;
}
