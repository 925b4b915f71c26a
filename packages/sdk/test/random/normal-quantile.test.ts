import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../src/random/normal-quantile.js';

const reference = JSON.parse(
  readFileSync(new URL('../fixtures/normal-quantile.json', import.meta.url), 'utf8'),
) as [number, number][];

describe('normalQuantile', () => {
  it('agrees with 60-digit arithmetic to a relative error of 1e-15 from 1e-300 to 1 − 2^−53', () => {
    expect(reference.length).toBeGreaterThan(80);
    let worst = 0;
    for (const [p, value] of reference) {
      const error = Math.abs(normalQuantile(p) - value);
      worst = Math.max(worst, value === 0 ? error : error / Math.abs(value));
    }
    expect(worst).toBeLessThan(1e-15);
  });

  it('is odd about one half wherever 1 − p is exact', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 52 - 1 }), (n) => {
        const p = n / 2 ** 52;
        expect(normalQuantile(1 - p)).toBe(0 - normalQuantile(p));
      }),
    );
  });

  it('is infinite at 0 and 1 and NaN outside', () => {
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(-0.1)).toBeNaN();
    expect(normalQuantile(1.1)).toBeNaN();
    expect(normalQuantile(Number.NaN)).toBeNaN();
  });
});
