import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatches, shuffled } from '../../src/fit/batches.js';
import { poolOfStep } from '../../src/fit/pools.js';
import { rateAt } from '../../src/fit/schedule.js';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

describe('batches', () => {
  it('use every input once an epoch, in another order each time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 50 }),
        (count, size) => {
          const batch = createBatches(count, size, 3, 'a');
          // So many steps are a whole number of epochs.
          const steps = 2 * count;
          const all = range(steps).flatMap(batch);
          expect(all).toHaveLength(steps * Math.min(size, count));
          for (let at = 0; at < all.length; at += count) {
            expect(sorted(all.slice(at, at + count))).toEqual(range(count));
          }
        },
      ),
      { numRuns: 40 },
    );
    const batch = createBatches(30, 30, 3, 'a');
    expect(batch(0)).not.toEqual(batch(1));
  });

  it('are a function of the step alone, whatever was asked before', () => {
    const inOrder = range(20).map(createBatches(7, 3, 1, 'a'));
    const batch = createBatches(7, 3, 1, 'a');
    for (const step of [13, 2, 19, 2, 0]) expect(batch(step)).toEqual(inOrder[step]);
    expect(range(20).map(createBatches(7, 3, 2, 'a'))).not.toEqual(inOrder);
    expect(range(20).map(createBatches(7, 3, 1, 'b'))).not.toEqual(inOrder);
  });

  it('shuffle fairly: every input comes at every place about as often', () => {
    const draws = 6000;
    const counts = range(5).map(() => new Array<number>(5).fill(0));
    for (let seed = 0; seed < draws; seed++) {
      shuffled(5, seed).forEach((input, place) => {
        const row = counts[input] as number[];
        row[place] = (row[place] as number) + 1;
      });
    }
    // A fifth of the draws each; standard deviation √(n p (1 − p)) = 31.
    for (const count of counts.flat()) expect(Math.abs(count - draws / 5)).toBeLessThan(5 * 31);
  });
});

describe('the rate of a fit', () => {
  it('rises in a straight line over a tenth of the steps, then falls by half a cosine', () => {
    const rates = range(1000).map((step) => rateAt(step, 1000));
    for (let step = 0; step < 100; step++) expect(rates[step]).toBeCloseTo((step + 1) / 101, 12);
    for (let step = 100; step < 1000; step++) {
      const left = (step / 1000 - 0.1) / 0.9;
      expect(rates[step]).toBeCloseTo(1e-3 + (0.999 * (1 + Math.cos(Math.PI * left))) / 2, 8);
    }
    expect(Math.max(...rates)).toBeLessThanOrEqual(1 + 2e-9);
    expect(Math.min(...rates)).toBeGreaterThan(0);
  });

  it('is positive and at most its peak, but for the 2e-9 of its cosine, for any number of steps', () => {
    for (const steps of [1, 2, 5, 9, 10, 11, 33]) {
      for (const rate of range(steps).map((step) => rateAt(step, steps))) {
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThanOrEqual(1 + 2e-9);
      }
    }
  });
});

it('pools have equal parts of a phase, one after another', () => {
  for (const [pools, steps] of [
    [1, 5],
    [3, 30],
    [4, 30],
    [7, 5],
  ] as const) {
    const order = range(steps).map((step) => poolOfStep(pools, step, steps));
    expect(order).toEqual(sorted(order));
    expect(order.every((pool) => pool >= 0 && pool < pools)).toBe(true);
    if (steps < pools) continue;
    const sizes = range(pools).map((pool) => order.filter((own) => own === pool).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  }
});
