import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutLong, cutPassages } from '../../src/text/passages.js';
import { loadModel, type Model } from '../../src/transformer/model.js';

describe('passages', async () => {
  const model = await loadModel(useLite);
  const tokens = (text: string): number => model.tokenizer?.encode(text).ids.length ?? 0;
  /** The same model, reading fewer tokens. */
  const reading = (tokenLimit: number): Model => ({ ...model, tokenLimit });

  it('are the paragraphs of a text, their lines joined, blank ones dropped', () => {
    const text =
      '\r\n\r\nOne line\r\nand the next.\r\n \t\r\nA second\tparagraph.\n\n\n\n  Third. \n';
    expect(cutPassages(model, text)).toEqual([
      'One line and the next.',
      'A second paragraph.',
      'Third.',
    ]);
    expect(cutPassages(model, ' \n\n \n')).toEqual([]);
  });

  it('are windows of whole sentences where a paragraph is too long', () => {
    const sentences = [
      'Glia listen.',
      '“Do they answer?”',
      'They do, slowly.',
      '(By calcium.)',
      'Nobody knew.',
    ];
    const limit = tokens(sentences.slice(0, 2).join(' '));
    const passages = cutPassages(reading(limit), `${sentences.join('\n')}\n\nShort.`);
    expect(passages.length).toBeGreaterThan(2);
    expect(passages[0]).toBe(sentences.slice(0, 2).join(' '));
    expect(passages.at(-1)).toBe('Short.');
    expect(passages.slice(0, -1).join(' ')).toBe(sentences.join(' '));
    for (const passage of passages) expect(passage).toMatch(/[.!?][”)]?$/);
  });

  it('cut a sentence that is too long between words, and a word between letters', () => {
    const words = Array.from({ length: 60 }, (_, i) => `word${i}`);
    const passages = cutLong(reading(24), words.join(' '));
    expect(passages.length).toBeGreaterThan(3);
    expect(passages.join(' ').split(' ')).toEqual(words);
    const word = 'glianeuron'.repeat(20);
    const parts = cutLong(reading(16), word);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.join('')).toBe(word);
  });

  it('never exceed the limit, and lose and add nothing but spaces', () => {
    const letters = fc.constantFrom(
      'a',
      'the ',
      'neuron',
      '. ',
      '! ',
      '?” ',
      '\n',
      ' ',
      '。',
      '😀',
      'é',
    );
    const texts = fc.array(letters, { maxLength: 120 }).map((parts) => parts.join(''));
    const bare = (text: string): string => text.replaceAll(/\s/g, '');
    fc.assert(
      fc.property(texts, fc.integer({ min: 4, max: 40 }), (text, limit) => {
        for (const cut of [cutLong, cutPassages]) {
          const passages = cut(reading(limit), text);
          expect(passages.every((passage) => tokens(passage) <= limit)).toBe(true);
          expect(bare(passages.join(''))).toBe(bare(text));
          expect(passages.every((passage) => passage !== '' && passage === passage.trim())).toBe(
            true,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of a text that fits are the text as it stands, line breaks and all', () => {
    expect(cutLong(model, 'two\n\nlines ')).toEqual(['two\n\nlines']);
  });

  it('are filled: no two neighbours of one paragraph fit together', () => {
    const text = Array.from({ length: 40 }, (_, i) => `Sentence ${i} has ${i * i} words.`).join(
      ' ',
    );
    const passages = cutLong(reading(32), text);
    expect(passages.length).toBeGreaterThan(5);
    for (let i = 1; i < passages.length; i++) {
      const next = passages[i]?.split(/(?<=\.) /)[0];
      expect(tokens(`${passages[i - 1]} ${next}`)).toBeGreaterThan(32);
    }
  });

  it('are refused for a model that reads pictures', async () => {
    const digits = await loadModel(vitDigits);
    expect(() => cutPassages(digits, 'words')).toThrow(/vit-digits reads pictures/);
  });
});
