import type { Model } from '@tripartite/sdk';
import { count } from './output/number.js';

/** What became of a text at a model's limit. */
export interface Cut {
  readonly name: string;
  readonly tokens: number;
  readonly tokensBeforeCut: number;
  /** Pieces that were kept, as the tokeniser wrote them (`▁` begins a word). */
  readonly pieces: readonly string[];
}

const wordsShown = 5;

/** One line saying that and where a text was cut; `undefined` where it was not. */
export function describeCut(cut: Cut, { name: model, tokenLimit }: Model): string | undefined {
  const { name, tokens, tokensBeforeCut, pieces } = cut;
  if (tokensBeforeCut <= tokens) return undefined;
  const words = pieces.join('').replaceAll('▁', ' ').trim().split(/\s+/);
  const end = words.slice(-wordsShown).join(' ');
  const lost = count(tokensBeforeCut - tokens, 'token');
  return `${name}: cut after token ${tokens} of ${tokensBeforeCut}, at “… ${end}” (${model} reads at most ${tokenLimit} tokens; the last ${lost} were not read)`;
}

/** The line that says that so few tokens leave attention nothing to choose from; `undefined` for more. */
export function describeShortness(name: string, tokens: number): string | undefined {
  if (tokens > 2) return undefined;
  return `${name}: only ${count(tokens, 'token')}, so there is nothing to attend to and the measures say little`;
}

/** The line that says that a dark digit on white paper was inverted. */
export function describeInversion(name: string): string {
  return `${name}: dark on white, so it was inverted first (the model was trained on white digits on black)`;
}
