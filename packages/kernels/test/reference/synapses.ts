import type { Activity } from './hidden.js';

/**
 * Synapses [H | g] (width + 1,neurons) in float64, divided by exp(log). `sizes` is Σ|terms|, `roundings` the same
 * with the sizes of activities, which rounding acts on.
 */
export interface Synapses {
  readonly width: number;
  readonly neurons: number;
  readonly log: number;
  readonly values: Float64Array;
  readonly sizes: Float64Array;
  readonly roundings: Float64Array;
}

/** Synapses that nothing was written to, in units of exp(log). */
export function emptySynapses(width: number, neurons: number, log: number): Synapses {
  const room = () => new Float64Array((width + 1) * neurons);
  return { width, neurons, log, values: room(), sizes: room(), roundings: room() };
}

/** [H | g] += [v | 1] φᵀ. */
export function write(synapses: Synapses, key: Activity, value: ArrayLike<number>): void {
  const { width, neurons, values, sizes, roundings } = synapses;
  const unit = Math.exp(key.log - synapses.log);
  for (let j = 0; j <= width; j++) {
    const v = (j < width ? (value[j] as number) : 1) * unit;
    for (let r = 0; r < neurons; r++) {
      const at = j * neurons + r;
      const term = v * (key.values[r] as number);
      values[at] = (values[at] as number) + term;
      sizes[at] = (sizes[at] as number) + Math.abs(term);
      roundings[at] = (roundings[at] as number) + Math.abs(v) * (key.sizes[r] as number);
    }
  }
}

/** What a query reads: numerators and, last, its response, · exp(log), with the sizes that rounding acts on. */
export interface Answer {
  readonly log: number;
  readonly values: Float64Array;
  readonly roundings: Float64Array;
}

/** [H | g] φ. */
export function read(synapses: Synapses, query: Activity): Answer {
  const { width, neurons } = synapses;
  const values = new Float64Array(width + 1);
  const roundings = new Float64Array(width + 1);
  for (let j = 0; j <= width; j++) {
    let sum = 0;
    let rounding = 0;
    for (let r = 0; r < neurons; r++) {
      const at = j * neurons + r;
      const q = query.values[r] as number;
      sum += (synapses.values[at] as number) * q;
      rounding += (synapses.roundings[at] as number) * Math.abs(q);
      rounding += (synapses.sizes[at] as number) * (query.sizes[r] as number);
    }
    values[j] = sum;
    roundings[j] = rounding;
  }
  return { log: synapses.log + query.log, values, roundings };
}
