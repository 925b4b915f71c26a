import { describe, expect, it } from 'vitest';
import { logRatios, shadingScale } from '../../src/figure/index.js';
import { fakeHead } from './fake-head.js';

const { detail } = fakeHead({ layer: 0, head: 0, stack: 'encoder' }, 30, 64, 5);

describe('shading', () => {
  it('is the logarithm of response over normaliser, token by token', () => {
    logRatios(detail).forEach((ratio, t) => {
      const expected = Math.log((detail.response[t] ?? 0) / (detail.normaliser[t] ?? 0));
      expect(ratio).toBeCloseTo(expected, 12);
    });
  });

  it('has no number for a response that is not positive', () => {
    const response = detail.response.map((c, t) => (t === 3 ? -c : c));
    const ratios = logRatios({ ...detail, response });
    expect(ratios.map((ratio) => Number(Number.isNaN(ratio))).indexOf(1)).toBe(3);
    expect([...ratios].filter(Number.isNaN)).toHaveLength(1);
  });

  it('puts equality in the middle, clear, and opposite ratios on opposite levels', () => {
    const scale = shadingScale([detail]);
    expect(scale.index(0)).toBe(scale.levels);
    expect(scale.colours[scale.levels]?.[3]).toBe(0);
    for (const ratio of [0.1, 0.3, scale.limit / 2, scale.limit, 99]) {
      expect(scale.index(ratio) + scale.index(-ratio)).toBe(2 * scale.levels);
    }
    expect(scale.index(scale.limit / 2)).toBe(scale.levels * 1.5);
  });

  it('gives at least 95 % of the tokens a place within its ends, and its name fits its limit', () => {
    const scale = shadingScale([detail]);
    const inside = [...logRatios(detail)].filter((ratio) => Math.abs(ratio) <= scale.limit);
    expect(inside.length).toBeGreaterThanOrEqual(0.95 * detail.response.length);
    expect(Math.exp(scale.limit)).toBeCloseTo(scale.factor, 9);
  });
});
