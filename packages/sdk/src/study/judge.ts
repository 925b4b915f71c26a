import type { Estimate } from './estimate.js';

/** What a measure was found to be before. */
export interface Expectation {
  readonly value: number;
  /** How far from it the interval of what is measured may lie. */
  readonly tolerance: number;
  /** Where the value comes from. */
  readonly source: string;
  /** Which way is no failure; absent: either way is a difference. */
  readonly better?: 'higher' | 'lower';
}

/** What became of an expectation. */
export interface Judgement {
  readonly verdict: 'reproduced' | 'better' | 'differs';
  /** Measured minus expected. */
  readonly by: number;
}

/**
 * A measure is reproduced where its interval (the value itself where there is none) comes within the tolerance of
 * what was expected.
 */
export function judge(measured: Estimate, expected: Expectation): Judgement {
  const [low, high] = measured.interval ?? [measured.value, measured.value];
  const by = measured.value - expected.value;
  const gap = Math.max(0, low - expected.value, expected.value - high);
  if (gap <= expected.tolerance) return { verdict: 'reproduced', by };
  const better = expected.better !== undefined && by > 0 === (expected.better === 'higher');
  return { verdict: better ? 'better' : 'differs', by };
}
