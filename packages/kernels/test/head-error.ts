import type { Read } from './placed-head.js';
import type { Answer } from './reference/synapses.js';

const roundoff = 2 ** -24;
/** What underflow may cost, of a token whose largest activity is about 1. */
const floor = 1e-30;

/**
 * Largest error of outputs and responses, in units of 2⁻²⁴ · Σ|terms|, where a term v φ(q) φ(k) counts with the sizes
 * of its two inputs (see `Activity`). Gated outputs have the errors of numerator and response.
 */
export function headError(read: Read, answers: readonly Answer[], gated: boolean): number {
  let largest = 0;
  answers.forEach(({ log, values, roundings }, t) => {
    const width = values.length - 1;
    const unit = Math.exp((read.exponents[t] as number) * Math.LN2 - log);
    const response = values[width] as number;
    const rounding = roundings[width] as number;
    const shares = [share((read.responses[t] as number) * unit, response, rounding)];
    for (let j = 0; j < width; j++) {
      const [value, size] = [values[j] as number, roundings[j] as number];
      const out = read.out[t * width + j] as number;
      if (!gated) shares.push(share(out * unit, value, size));
      else {
        const exact = value / response;
        shares.push(share(out, exact, (size + Math.abs(exact) * rounding) / Math.abs(response)));
      }
    }
    for (const one of shares) if (!(one <= largest)) largest = Number.isNaN(one) ? Infinity : one;
  });
  return largest;
}

function share(value: number, exact: number, size: number): number {
  return Math.abs(value - exact) / (roundoff * size + floor);
}
