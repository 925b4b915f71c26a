import { describe, expect, it } from 'vitest';
import { studentQuantile } from '../../src/study/student.js';

describe('Student’s quantile of 0.975', () => {
  // Published tables, three decimals.
  it.each([
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [10, 2.228],
    [30, 2.042],
    [119, 1.98],
  ])('is that of the tables with %i degrees of freedom', (degrees, quantile) => {
    expect(Math.abs(studentQuantile(degrees) / quantile - 1)).toBeLessThan(0.0025);
  });

  it.each([
    [1, 12.706, 0.12],
    [2, 4.303, 0.008],
  ])('is too small by at most what is said with %i degrees', (degrees, quantile, bound) => {
    const short = 1 - studentQuantile(degrees) / quantile;
    expect(short).toBeGreaterThan(0);
    expect(short).toBeLessThan(bound);
  });

  it('falls to the normal quantile', () => {
    expect(studentQuantile(1e9)).toBeCloseTo(1.959963984540054, 8);
  });
});
