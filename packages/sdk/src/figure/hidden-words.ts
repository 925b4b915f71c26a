import type { HiddenReport } from '../compare/comparison.js';

/** What a hidden layer is, for people who do not know its name. */
export interface HiddenWords {
  /** A few words with the name in them. */
  readonly name: string;
  /** Where its neurons' weights come from, without a full stop. */
  readonly origin: string;
}

const words: Readonly<Record<string, HiddenWords>> = {
  learned: { name: 'learned', origin: 'fitted once to this transformer’s attention' },
  'fine-tuned': {
    name: 'learned, fine-tuned',
    origin: 'fitted once to this transformer’s attention and answers',
  },
  adapted: { name: 'learned, adapted', origin: 'fitted together with the transformer’s weights' },
  matched: { name: 'random, matched', origin: 'drawn to suit this transformer’s queries and keys' },
  performer: { name: 'random neurons (performer)', origin: 'drawn by chance, as in the paper' },
};

/** Plain words for a hidden layer. */
export function hiddenWords({ kind, shared, sha256 }: HiddenReport): HiddenWords {
  if (sha256 !== undefined && kind === 'matched') {
    return { name: 'matched, from a file', origin: 'drawn and kept' };
  }
  const found = words[kind] ?? { name: kind, origin: 'drawn or fixed, not fitted' };
  return shared ? { ...found, name: `${found.name}, one φ` } : found;
}
