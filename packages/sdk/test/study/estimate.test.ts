import { describe, expect, it } from 'vitest';
import { createGenerator, type Generator } from '../../src/random/generator.js';
import {
  type Crossed,
  type Estimate,
  estimateMean,
  estimateMedian,
  estimateShare,
} from '../../src/study/estimate.js';

/** Values with normal effects of inputs, of draws, and of both together. */
function drawCrossed(
  generator: Generator,
  [inputs, draws]: readonly [number, number],
  [byInput, byDraw, rest]: readonly [number, number, number],
): Crossed {
  const effects = Array.from({ length: draws }, () => byDraw * generator.normal());
  return Array.from({ length: inputs }, () => {
    const own = byInput * generator.normal();
    return effects.map((effect) => own + effect + rest * generator.normal());
  });
}

/** Share of repetitions whose interval holds the truth. */
function coverage(repetitions: number, truth: number, make: () => Estimate): number {
  let held = 0;
  for (let i = 0; i < repetitions; i++) {
    const [low, high] = make().interval ?? [Number.NaN, Number.NaN];
    if (low <= truth && truth <= high) held++;
  }
  return held / repetitions;
}

describe('intervals of means', () => {
  // The standard error of a share of .95 over 1 500 repetitions is .006.
  it.each([
    ['inputs differ most', [40, 5], [1, 0.1, 0.3]],
    ['draws differ most', [40, 5], [0.2, 1, 0.3]],
    ['both differ', [30, 5], [1, 0.4, 1]],
    ['nothing but the rest differs', [20, 5], [0, 0, 1]],
    ['there is one draw', [25, 1], [1, 0, 0.5]],
    ['there is one input', [1, 5], [0, 1, 0.5]],
  ] as const)('hold the truth in about 95 of 100 cases where %s', (name, sizes, effects) => {
    const generator = createGenerator(1, name);
    const share = coverage(1500, 0, () => estimateMean(drawCrossed(generator, sizes, effects)));
    expect(share).toBeGreaterThan(0.925);
    // Kept above the larger part, the variance is too large where there is no effect at all.
    expect(share).toBeLessThan(name.startsWith('nothing') ? 1 : 0.985);
  });

  it('are Student’s where there is one draw', () => {
    // Mean 3, standard deviation √2.5, n 5, t 2.776.
    const { value, interval, inputs, draws } = estimateMean([[1], [2], [3], [4], [5]]);
    expect(value).toBe(3);
    const half = 2.7764 * Math.sqrt(2.5 / 5);
    expect(interval?.[0]).toBeCloseTo(3 - half, 2);
    expect(interval?.[1]).toBeCloseTo(3 + half, 2);
    expect([inputs, draws]).toEqual([5, 1]);
  });

  it('are wider than Student’s over inputs where draws differ too', () => {
    const values = drawCrossed(createGenerator(2), [50, 4], [1, 1, 0.2]);
    const width = ({ interval = [0, 0] }: Estimate) => interval[1] - interval[0];
    const rows = values.map((row) => [row.reduce((a, b) => a + b, 0) / row.length]);
    expect(width(estimateMean(values))).toBeGreaterThan(1.5 * width(estimateMean(rows)));
  });

  it('stop at bounds that no value can pass', () => {
    expect(estimateMean([[0.2], [1]], [-1, 1]).interval?.[1]).toBe(1);
    expect(estimateMean([[0.2], [1]]).interval?.[1]).toBeGreaterThan(1);
  });

  it('are absent for a single value, and a point for equal ones', () => {
    expect(estimateMean([[7]])).toEqual({ value: 7, inputs: 1, draws: 1 });
    expect(
      estimateMean([
        [0.5, 0.5, 0.5],
        [0.5, 0.5, 0.5],
      ]).interval,
    ).toEqual([0.5, 0.5]);
  });

  it('refuse no values, and rows of different lengths', () => {
    const refused = { code: 'BAD_INPUT' };
    expect(() => estimateMean([])).toThrow(expect.objectContaining(refused));
    expect(() => estimateMean([[1, 2], [3]])).toThrow(expect.objectContaining(refused));
  });
});

describe('intervals of shares', () => {
  it.each([0.5, 0.9, 0.98])('hold a share of %d in about 95 of 100 cases', (truth) => {
    const generator = createGenerator(3, String(truth));
    const share = coverage(1500, truth, () =>
      estimateShare(Array.from({ length: 200 }, () => [generator.uniform() < truth ? 1 : 0])),
    );
    expect(share).toBeGreaterThan(0.925);
    expect(share).toBeLessThan(0.985);
  });

  it('stay open where every case is alike, and never leave 0 to 1', () => {
    const { value, interval = [0, 0] } = estimateShare(Array.from({ length: 500 }, () => [1, 1]));
    expect(value).toBe(1);
    // Wilson: n / (n + z²).
    expect(interval[0]).toBeCloseTo(500 / 503.86, 4);
    expect(interval[1]).toBe(1);
  });

  it('count draws on the same inputs as less than other inputs', () => {
    const generator = createGenerator(4);
    const one = Array.from({ length: 300 }, () => (generator.uniform() < 0.8 ? 1 : 0));
    const width = ({ interval = [0, 0] }: Estimate) => interval[1] - interval[0];
    const same = estimateShare(one.map((hit) => [hit, hit, hit]));
    const single = estimateShare(one.map((hit) => [hit]));
    expect(width(same)).toBeCloseTo(width(single), 3);
  });
});

describe('medians', () => {
  it('lie in the middle, with an interval between two of the values', () => {
    const generator = createGenerator(5);
    const values = Array.from({ length: 120 }, () => generator.normal());
    const { value, interval = [0, 0] } = estimateMedian(values);
    const below = values.filter((x) => x < value).length;
    expect(below).toBe(60);
    expect(values).toContain(interval[0]);
    expect(values).toContain(interval[1]);
  });

  it('hold the truth in at least 95 % of cases, whatever the distribution', () => {
    const generator = createGenerator(6);
    for (const n of [6, 7, 20, 121]) {
      // Squares of uniforms: median ¼.
      const share = coverage(1500, 0.25, () =>
        estimateMedian(Array.from({ length: n }, () => generator.uniform() ** 2)),
      );
      expect(share, String(n)).toBeGreaterThan(0.935);
    }
  });

  it('have no interval below six values', () => {
    expect(estimateMedian([3, 1, 2])).toEqual({ value: 2, inputs: 3, draws: 1 });
    expect(() => estimateMedian([])).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });
});
