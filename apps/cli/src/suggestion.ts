import { nearestName } from '@tripartite/sdk';

/**
 * The end of an error line about an unknown word: what is allowed, with the near miss where there is one.
 */
export function allowedWords(word: string, candidates: readonly string[]): string {
  const near = nearestName(word.toLowerCase(), candidates);
  const question = near === undefined ? '' : ` (did you mean '${near}'?)`;
  return `allowed: ${candidates.join(', ')}${question}`;
}
