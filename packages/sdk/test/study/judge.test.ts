import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../src/study/estimate.js';
import { judge } from '../../src/study/judge.js';

const expected = { value: 0.7, tolerance: 0.05, source: 'a table' };
const measured = (value: number, half?: number): Estimate => ({
  value,
  inputs: 10,
  draws: 1,
  ...(half !== undefined && { interval: [value - half, value + half] as const }),
});

describe('a verdict', () => {
  it.each([
    [0.74, undefined, 'reproduced'],
    [0.76, undefined, 'differs'],
    [0.64, undefined, 'differs'],
    [0.8, 0.06, 'reproduced'],
    [0.8, 0.04, 'differs'],
    [0.6, 0.06, 'reproduced'],
    [0.6, 0.04, 'differs'],
  ] as const)('of %d ± %s against .70 ± .05 is %s', (value, half, verdict) => {
    const judgement = judge(measured(value, half), expected);
    expect(judgement.verdict).toBe(verdict);
    expect(judgement.by).toBeCloseTo(value - 0.7, 12);
  });

  it('calls a difference better only in the direction that is', () => {
    const higher = { ...expected, better: 'higher' } as const;
    expect(judge(measured(0.9), higher).verdict).toBe('better');
    expect(judge(measured(0.5), higher).verdict).toBe('differs');
    const lower = { ...expected, better: 'lower' } as const;
    expect(judge(measured(0.9), lower).verdict).toBe('differs');
    expect(judge(measured(0.5), lower).verdict).toBe('better');
  });
});
