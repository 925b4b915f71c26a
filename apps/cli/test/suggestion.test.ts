import { expect, it } from 'vitest';
import { allowedWords } from '../src/suggestion.js';

const kinds = ['performer', 'cosine', 'positive-cosine', 'elu', 'relu', 'matched'];

it.each([
  ['perfomer', 'performer'],
  ['MATCHED', 'matched'],
  ['mathced', 'matched'],
  ['relo', 'relu'],
  ['positive_cosine', 'positive-cosine'],
])('takes %s for a slip of %s', (word, meant) => {
  expect(allowedWords(word, kinds)).toContain(`(did you mean '${meant}'?)`);
});

it('names what is allowed and suggests nothing where no word is near', () => {
  expect(allowedWords('softmax', kinds)).toBe(
    'allowed: performer, cosine, positive-cosine, elu, relu, matched',
  );
});
