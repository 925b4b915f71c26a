import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideRows } from '../../src/attention/shares.js';

const cases = {
  threads: fc.integer({ min: 1, max: 64 }),
  count: fc.integer({ min: 1, max: 5000 }),
  unit: fc.integer({ min: 1, max: 130 }),
  each: fc.integer({ min: 1, max: 5 }),
};

describe('rows that threads share', () => {
  it('are each in one share, in order; shares are whole units and none is empty', () => {
    fc.assert(
      fc.property(
        fc.record({ ...cases, work: fc.double({ min: 0, max: 1e12, noNaN: true }) }),
        ({ threads, count, unit, each, work }) => {
          const shares = divideRows({ threads }, count, unit, work, each);
          let next = 0;
          for (const { first, last } of shares) {
            expect(first).toBe(next);
            expect(first % unit).toBe(0);
            expect(last).toBeGreaterThan(first);
            next = last;
          }
          expect(next).toBe(count);
          expect(shares.length).toBeLessThanOrEqual(threads * each);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are as many as asked for where there is enough of them and of work, and of even size', () => {
    fc.assert(
      fc.property(fc.record(cases), ({ threads, count, unit, each }) => {
        const sizes = divideRows({ threads }, count, unit, 1e15, each).map(({ first, last }) =>
          Math.ceil((last - first) / unit),
        );
        const whole = Math.ceil(count / unit);
        expect(sizes).toHaveLength(threads === 1 ? 1 : Math.min(threads * each, whole));
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('stay together where the work is small, and on one thread', () => {
    fc.assert(
      fc.property(fc.record(cases), ({ threads, count, unit, each }) => {
        const whole = [{ first: 0, last: count }];
        expect(divideRows({ threads }, count, unit, 2 ** 20 - 1, each)).toEqual(whole);
        expect(divideRows({ threads: 1 }, count, unit, 1e15, each)).toEqual(whole);
      }),
    );
    expect(divideRows({ threads: 2 }, 100, 1, 2 ** 20)).toHaveLength(2);
    expect(divideRows({ threads: 8 }, 100, 1, 3.5 * 2 ** 19, 4)).toHaveLength(3);
  });

  it('may be none: then there is one share, of none', () => {
    expect(divideRows({ threads: 8 }, 0, 8, 0, 4)).toEqual([{ first: 0, last: 0 }]);
  });
});
