import { TripartiteError } from '../errors.js';

// All sums run in double precision, in order, whatever the arrays hold.

/** Arithmetic mean. Throws BAD_INPUT for no values. */
export function mean(values: ArrayLike<number>): number {
  requireCount('mean', values, 1);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** Middle value, or the mean of the two middle ones; copies. Throws BAD_INPUT for no values. */
export function median(values: ArrayLike<number>): number {
  requireCount('median', values, 1);
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[middle - 1] as number;
  return lower + (upper - lower) / 2;
}

/** Sample standard deviation, with n − 1. Throws BAD_INPUT for fewer than two values. */
export function standardDeviation(values: ArrayLike<number>): number {
  requireCount('standard deviation', values, 2);
  const deviations = centre(values);
  return (
    deviations.scale * Math.sqrt(dot(deviations.values, deviations.values) / (values.length - 1))
  );
}

/**
 * Pearson correlation of two series of one length, −1 … 1; `null` where one is constant (so for fewer
 * than two values) or holds a value that is not finite. Throws BAD_SHAPE for different lengths.
 */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  requireSameLength('pearson', a, b);
  if (isConstant(a) || isConstant(b)) return null;
  const x = centre(a).values;
  const y = centre(b).values;
  const correlation = dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  return Number.isFinite(correlation) ? Math.max(-1, Math.min(1, correlation)) : null;
}

/**
 * ‖a − b‖ / ‖b‖, Frobenius; 0 where both are zero, infinite where only b is. Throws BAD_SHAPE for
 * different lengths.
 */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requireSameLength('relative error', a, b);
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    const truth = b[i] as number;
    const off = (a[i] as number) - truth;
    difference += off * off;
    size += truth * truth;
  }
  return difference === 0 ? 0 : Math.sqrt(difference) / Math.sqrt(size);
}

/**
 * Cosine of the angle between two vectors, −1 … 1; 0 where one is zero. Throws BAD_SHAPE for different
 * lengths.
 */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requireSameLength('cosine', a, b);
  const size = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
  return size === 0 ? 0 : Math.max(-1, Math.min(1, dot(a, b) / size));
}

/** Deviations from the mean, divided by the largest of them so that their squares stay in range. */
function centre(values: ArrayLike<number>): { values: Float64Array; scale: number } {
  const deviations = Float64Array.from(values);
  const average = mean(values);
  let scale = 0;
  for (let i = 0; i < deviations.length; i++) {
    const deviation = (deviations[i] as number) - average;
    deviations[i] = deviation;
    scale = Math.max(scale, Math.abs(deviation));
  }
  if (scale === 0) return { values: deviations, scale };
  return { values: deviations.map((deviation) => deviation / scale), scale };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

function requireCount(subject: string, values: ArrayLike<number>, least: number): void {
  if (values.length < least) {
    throw new TripartiteError(
      'BAD_INPUT',
      `${subject} of ${values.length} values; at least ${least} needed`,
    );
  }
}

function requireSameLength(subject: string, a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `${subject}: ${a.length} values beside ${b.length}; the lengths must agree`,
    );
  }
}
