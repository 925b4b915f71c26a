import { gelu } from './elementary.js';

/** f by the names of `linearActivations`, in float64. */
export const linearActivation = {
  none: (x: number) => x,
  relu: (x: number) => Math.max(x, 0),
  gelu,
} as const;

/**
 * x W + b of one row, added to `start`, in float64, before the activation; and of each element Σ|terms|. W (input,
 * output), row by row.
 */
export function linearRow(
  x: Float32Array,
  weights: Float32Array,
  bias: Float32Array,
  start: Float32Array | undefined,
): { sums: Float64Array; sizes: Float64Array } {
  const sums = Float64Array.from(bias, (b, j) => b + (start?.[j] ?? 0));
  const sizes = Float64Array.from(bias, (b, j) => Math.abs(b) + Math.abs(start?.[j] ?? 0));
  const output = bias.length;
  x.forEach((value, i) => {
    for (let j = 0; j < output; j++) {
      const term = value * (weights[i * output + j] as number);
      sums[j] = (sums[j] as number) + term;
      sizes[j] = (sizes[j] as number) + Math.abs(term);
    }
  });
  return { sums, sizes };
}
