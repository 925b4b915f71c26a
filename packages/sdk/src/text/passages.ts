import { TripartiteError } from '../errors.js';
import type { Model } from '../transformer/model.js';

/** Whether a model reads a text whole. */
type Fits = (text: string) => boolean;

/** After the end of a sentence: closing quotes and brackets belong to it, and the space behind. */
const sentenceEnd = /(?<=[.!?…]["'”’»)\]]*\s)|(?<=[。！？])/;
const wordEnd = /(?<=\s)/;

/** Ways to cut a text, from coarse to fine; the parts joined are the text. */
const cuts: readonly ((text: string) => string[])[] = [
  (text) => text.split(sentenceEnd),
  (text) => text.split(wordEnd),
  halve,
];

/** Cuts a text into its paragraphs, which blank lines part; lines joined and spaces made single, since a model would read a line break as a token. */
export function cutParagraphs(text: string): string[] {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' '));
}

/** The paragraphs of a text, longer ones cut as by `cutLong`. Throws `BAD_INPUT` for a model that reads pictures. */
export function cutPassages(model: Model, text: string): string[] {
  return cutParagraphs(text).flatMap((paragraph) => cutLong(model, paragraph));
}

/**
 * A text as it stands where the model reads it whole, else as consecutive windows of as many whole sentences as the
 * model reads; a longer sentence goes by words, a longer word by letters. Blank parts are dropped. Throws `BAD_INPUT`
 * for a model that reads pictures.
 */
export function cutLong({ name, tokenizer, tokenLimit }: Model, text: string): string[] {
  if (!tokenizer) {
    throw new TripartiteError('BAD_INPUT', `${name} reads pictures; passages are of texts`);
  }
  const fits: Fits = (part) => tokenizer.encode(part.trim()).ids.length <= tokenLimit;
  return fill(text, fits, cuts)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Parts of a text that fit, each as long as the cuts allow, from the front; the finest cut is made again and again. */
function fill(text: string, fits: Fits, [cut, ...finer]: typeof cuts): string[] {
  if (!cut || text.length < 2 || fits(text)) return [text];
  const parts = cut(text).flatMap((part) => fill(part, fits, finer.length > 0 ? finer : [cut]));
  const windows: string[] = [];
  let window = '';
  for (const part of parts) {
    if (window !== '' && !fits(window + part)) {
      windows.push(window);
      window = '';
    }
    window += part;
  }
  return [...windows, window];
}

/** Both halves of a text, by code points. */
function halve(text: string): string[] {
  const letters = Array.from(text);
  const middle = Math.ceil(letters.length / 2);
  return [letters.slice(0, middle).join(''), letters.slice(middle).join('')];
}
