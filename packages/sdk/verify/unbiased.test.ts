import { describe, expect, it } from 'vitest';
import { measureBias } from '../test/compare/unbiased.js';
import { report } from './report.js';

describe('products of hidden activity, 64 neurons, 10⁴ draws, ‖q + k‖² up to 2', () => {
  it.for(['performer', 'matched'] as const)('have no bias with %s', (kind, { task }) => {
    const errors = measureBias(kind, 10_000);
    const value = Math.max(...errors.map(Math.abs));
    report(task, { what: 'largest bias (standard errors)', kind, neurons: 64, value, most: 4 });
    expect(value).toBeLessThanOrEqual(4);
  });
});
