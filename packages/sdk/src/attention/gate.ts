import type { Kernels, Pointer } from '@tripartite/kernels';
import { scaleByPowerOfTwo } from '../numeric/elementary.js';
import type { Responses, Rows } from './rows.js';

/** Where φ is signed, |c_t| below this share of the largest counts as this share (docs/model.md 1). */
const responseFloor = 1e-6;

/**
 * The gate where φ is signed: out (rows, valueWidth), bare numerators, becomes numerators / response, |response| floored
 * at a share of the largest of all queries; units are 2^exponents. `factors` is memory for a float32 per row.
 */
export function gateSigned(
  kernels: Kernels,
  out: Rows,
  valueWidth: number,
  response: Float32Array,
  exponents: Int32Array,
  { log }: Responses,
  factors: Pointer,
): void {
  const { arena } = kernels;
  const { rows } = out;
  let top = 0;
  let largest = -Infinity;
  for (let t = 0; t < rows; t++) {
    const size = log[t] as number;
    // What is not finite comes from the query itself, and must not move the floor of the others.
    if (size > largest && size < Infinity) {
      largest = size;
      top = t;
    }
  }
  const least = responseFloor * Math.abs(response[top] ?? 0);
  const view = arena.viewFloats(factors, rows);
  for (let t = 0; t < rows; t++) {
    const c = response[t] as number;
    const shift = (exponents[top] as number) - (exponents[t] as number);
    const size = Math.max(Math.abs(c), scaleByPowerOfTwo(least, shift));
    view[t] = size > 0 ? (c < 0 ? -1 : 1) / size : 0;
  }
  kernels.gateRows(out.pointer, out.stride, out.pointer, out.stride, factors, rows, valueWidth);
}
