import { expect, it } from 'vitest';
import { allowedWords, editDistance, nearest } from '../src/suggestion.js';

const kinds = ['performer', 'cosine', 'positive-cosine', 'elu', 'relu', 'matched'];

it('counts insertions, deletions, substitutions and swapped neighbours as one edit each', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('matched', 'mathced')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('same', 'same')).toBe(0);
});

it('gives a distance that is symmetric and never beyond the longer word', () => {
  for (const a of kinds) {
    for (const b of kinds) {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }
  }
});

it('finds the near miss, whatever the case of its letters', () => {
  expect(nearest('perfomer', kinds)).toBe('performer');
  expect(nearest('MATCHED', kinds)).toBe('matched');
  expect(nearest('relo', kinds)).toBe('relu');
});

it('suggests nothing where no word is near', () => {
  expect(nearest('softmax', kinds)).toBeUndefined();
  expect(nearest('', kinds)).toBeUndefined();
  expect(allowedWords('softmax', kinds)).not.toContain('did you mean');
});
