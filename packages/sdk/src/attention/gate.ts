import type { Kernels, Pointer } from '@tripartite/kernels';
import { log, scaleByPowerOfTwo } from '../numeric/elementary.js';
import type { Responses, Rows } from './rows.js';

/** Where φ is signed, |c_t| below this share of the largest counts as this share (equations.md 1). */
const responseFloor = 1e-6;
/** A reading with a smaller response is lifted by 2^`lift`, so that the inverse is a float32. */
const faint = 2 ** -100;
const lift = 64;
const ln2 = Math.LN2;

/** Numerators and responses of some queries before the gate: unit of row t is 2^exponents[t]. */
export interface Reading {
  /** (rows, valueWidth + 1), the response last. */
  readonly pointer: Pointer;
  readonly exponents: Int32Array;
}

/**
 * The astrocyte's gate: out (rows, valueWidth) = numerators / response, where `signed` with |response| floored;
 * returns the responses. Lifts faint rows of `reading` on the way; allocates in the kernels' arena.
 */
export function gateReading(
  kernels: Kernels,
  { pointer, exponents }: Reading,
  out: Rows,
  valueWidth: number,
  signed: boolean,
): Responses {
  const { arena } = kernels;
  const columns = valueWidth + 1;
  const { rows } = out;
  const value = new Float64Array(rows);
  const logs = new Float64Array(rows);
  const factors = arena.floats(rows);
  const readings = arena.viewFloats(pointer, rows * columns);
  const response = (t: number): number => readings[t * columns + valueWidth] as number;
  let largest = -Infinity;
  let top = 0;
  for (let t = 0; t < rows; t++) {
    if (Math.abs(response(t)) < faint) {
      kernels.rescale(pointer + t * columns * 4, lift, columns);
      exponents[t] = (exponents[t] as number) - lift;
    }
    const exponent = exponents[t] as number;
    value[t] = scaleByPowerOfTwo(response(t), exponent);
    const size = log(Math.abs(response(t))) + exponent * ln2;
    logs[t] = size;
    // What is not finite comes from the query itself, and must not move the floor of the others.
    if (size > largest && size < Infinity) {
      largest = size;
      top = t;
    }
  }
  const least = signed ? responseFloor * Math.abs(response(top)) : 0;
  const view = arena.viewFloats(factors, rows);
  for (let t = 0; t < rows; t++) {
    const c = response(t);
    const shift = (exponents[top] as number) - (exponents[t] as number);
    const size = Math.max(Math.abs(c), scaleByPowerOfTwo(least, shift));
    view[t] = size > 0 ? (c < 0 ? -1 : 1) / size : 0;
  }
  kernels.gateRows(out.pointer, out.stride, pointer, columns, factors, rows, valueWidth);
  return { value, log: logs };
}
