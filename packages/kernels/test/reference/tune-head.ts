import { type FitHeadShape, layOutFitHead } from '@tripartite/kernels';
import { unnormalisedAttention } from './learn-head.js';

/** Output (rows,valueWidth) of a head with hidden neurons, term by term in float64. */
export function headOutput(
  shape: FitHeadShape & { readonly rows: number; readonly valueWidth: number },
  {
    parameters,
    q,
    k,
    gains,
    v,
  }: Readonly<Record<'parameters' | 'q' | 'k' | 'gains' | 'v', ArrayLike<number>>>,
): Float64Array {
  const { rows, valueWidth } = shape;
  const sequence = { q, k, gains, rows };
  const out = new Float64Array(rows * valueWidth);
  for (let i = 0; i < rows; i++) {
    const row = Array.from({ length: rows }, (_, j) =>
      unnormalisedAttention(parameters, shape, layOutFitHead(shape), sequence, i, j),
    );
    const sum = row.reduce((a, b) => a + b);
    for (let c = 0; c < valueWidth; c++) {
      for (let j = 0; j < rows; j++) {
        const at = i * valueWidth + c;
        const value = v[j * valueWidth + c] as number;
        out[at] = (out[at] as number) + ((row[j] as number) / sum) * value;
      }
    }
  }
  return out;
}
