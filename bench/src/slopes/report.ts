import { duration, percent } from '../rows.js';
import type { Growth, Slopes } from './measure.js';

/** The measured times, and the powers that they grow with, as a table. */
export function slopesReport({ growths, overtakes }: Slopes, alternations: number): string {
  const { N, m, d } = overtakes;
  return [
    `one thread; ms, median of ${alternations} turns, ± half the middle half`,
    'slope: power of the size, by least squares of log time; over all sizes, and over the upper half',
    ...growths.flatMap(growthLines),
    '',
    N === null
      ? `m ${m}, d ${d}: neither head overtakes the other in the sizes tried`
      : `m ${m}, d ${d}: the astrocyte head is faster from N = ${Math.round(N)} on`,
  ].join('\n');
}

function growthLines({ head, axis, fixed, sizes, ms, spread, slope, upperSlope }: Growth) {
  const others = Object.entries(fixed)
    .filter(([name]) => head === 'astrocyte' || name !== 'm')
    .map(([name, value]) => `${name} ${value}`);
  return [
    '',
    `${head} over ${axis} (${others.join(', ')}): slope ${slope.toFixed(2)}, upper half ${upperSlope.toFixed(2)}`,
    ...sizes.map(
      (size, at) =>
        `${`${axis} ${size}`.padStart(10)} ${duration(ms[at] as number).padStart(9)} ms ${percent(spread[at] as number)}`,
    ),
  ];
}
