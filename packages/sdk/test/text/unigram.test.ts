import { readFileSync } from 'node:fs';
import useLite from '@tripartite/model-use-lite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TripartiteError } from '../../src/errors.js';
import { createUseLiteTokenizer } from '../../src/text/unigram.js';

interface TokenizerFile {
  model: { type: string; unk_id: number; vocab: [string, number | null][] };
}

const file = JSON.parse(
  readFileSync(useLite.files['tokenizer.json'] as URL, 'utf8'),
) as TokenizerFile;
const vocab = file.model.vocab;
const tokenizer = createUseLiteTokenizer(file);

// Texts and the ids that TensorFlow.js gives them.
const reference = JSON.parse(
  readFileSync(new URL('../fixtures/use-lite-ids.json', import.meta.url), 'utf8'),
) as { text: string; ids: number[] }[];

function normalised(text: string): string {
  const nfkc = text.normalize('NFKC');
  return nfkc === '' ? '' : `\u2581${nfkc.replace(/ /g, '\u2581')}`;
}

/** The rules of the tokenizer over a table of substrings, without trie, in quadratic time. */
function encodeNaively(text: string, pieces: readonly [string, number | null][]): number[] {
  const table = new Map(pieces.map(([piece, score], id) => [piece, { id, score: score ?? 0 }]));
  for (const [piece] of pieces.slice(0, 6)) table.delete(piece);
  const symbols = [...normalised(text)];
  const best = [0];
  const paths: number[][] = [[]];
  const matches = symbols.map((_, start) =>
    symbols.some((_, end) => end >= start && table.has(symbols.slice(start, end + 1).join(''))),
  );
  for (let end = 1; end <= symbols.length; end++) {
    best[end] = 0;
    for (let start = 0; start < end; start++) {
      let entry = table.get(symbols.slice(start, end).join(''));
      if (!entry && start === end - 1 && !matches[start]) entry = { id: 0, score: 0 };
      if (!entry) continue;
      const sum = entry.score + (best[start] ?? 0);
      if (best[end] === 0 || sum >= (best[end] ?? 0)) {
        best[end] = sum;
        paths[end] = [...(paths[start] ?? []), entry.id];
      }
    }
  }
  return (paths[symbols.length] ?? []).filter((id, i, path) => id !== 0 || path[i - 1] !== 0);
}

/** A tokenizer of six reserved pieces and the given ones. */
function small(...pieces: [string, number | null][]) {
  const reserved = ['�', 'r1', 'r2', 'r3', 'r4', 'r5'].map((piece): [string, number] => [piece, 0]);
  return createUseLiteTokenizer({
    model: { type: 'Unigram', unk_id: 0, vocab: [...reserved, ...pieces] },
  });
}

describe('createUseLiteTokenizer', () => {
  it('gives the ids of TensorFlow.js for every reference text', () => {
    expect(reference).toHaveLength(10);
    for (const { text, ids } of reference) expect(tokenizer.encode(text).ids).toEqual(ids);
  });

  it('covers the normalised text with its pieces, each of them the piece of its id', () => {
    for (const { text } of reference) {
      const { ids, pieces } = tokenizer.encode(text);
      expect(pieces.join('')).toBe(normalised(text));
      ids.forEach((id, i) => {
        if (id !== 0) expect(pieces[i]).toBe(vocab[id]?.[0]);
      });
    }
  });

  it('agrees with the rules applied naively, on texts full of ties, zeros and unknowns', () => {
    const fragments = [
      's',
      'ss',
      'a',
      'aa',
      'hm',
      ' ',
      '  ',
      ':',
      '://',
      ':)',
      ':00',
      '):',
      '0',
      '30',
    ];
    const others = [
      '😀',
      '👩‍👩‍👧',
      '你好',
      'e\u0301',
      'ﬁ',
      '½',
      '\n',
      '\ud83d',
      '”5',
      'the',
      ' the',
      '\u00a0',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...fragments, ...others), { maxLength: 14 }),
        (parts) => {
          const text = parts.join('');
          expect(tokenizer.encode(text).ids).toEqual(encodeNaively(text, vocab));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives no token to the empty text, and one to each space of a text of spaces', () => {
    expect(tokenizer.encode('')).toEqual({ ids: [], pieces: [] });
    const bar = vocab.findIndex(([piece]) => piece === '\u2581');
    expect(tokenizer.encode('   ').ids).toEqual([bar, bar, bar, bar]);
  });

  it('keeps leading, trailing and repeated spaces, and no-break spaces as spaces', () => {
    expect(tokenizer.encode(' the  dog ').pieces.join('')).toBe('▁▁the▁▁dog▁');
    expect(tokenizer.encode('the dog').pieces).toEqual(['▁the', '▁dog']);
    expect(tokenizer.encode('the\u00a0dog')).toEqual(tokenizer.encode('the dog'));
  });

  it('reads a line break, a tab or an emoji as one unknown character, runs of them as one token', () => {
    expect(tokenizer.encode('dog\nthe').pieces).toEqual(['▁dog', '\n', 'the']);
    expect(tokenizer.encode('dog\n\t😀你the')).toEqual({
      ids: [...tokenizer.encode('dog').ids, 0, ...tokenizer.encode('dog\nthe').ids.slice(2)],
      pieces: ['▁dog', '\n\t😀你', 'the'],
    });
    expect(tokenizer.encode('😀').pieces).toEqual(['▁', '😀']);
  });

  it('takes a text of 100 000 characters in well under a second', () => {
    const text = reference
      .map((row) => row.text)
      .join(' ')
      .repeat(40)
      .slice(0, 100_000);
    const start = performance.now();
    const { pieces } = tokenizer.encode(text);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(pieces.join('')).toBe(normalised(text));
  });
});

describe('the rules of the search', () => {
  it('give a tie to the piece that starts later', () => {
    const { encode } = small(['▁', -1], ['a', -1], ['b', -1], ['ab', -2], ['▁a', -2]);
    expect(encode('ab').pieces).toEqual(['▁', 'a', 'b']);
  });

  it('take a best sum of exactly 0 as not yet set, so that any later candidate replaces it', () => {
    const { encode } = small(['▁', -1], ['a', -1], ['▁a', 0], ['b', -1]);
    expect(encode('a').pieces).toEqual(['▁', 'a']);
  });

  it('count a null score as 0 and the last id of a repeated piece', () => {
    const { encode } = small(['▁', -1], ['a', -9], ['aa', null], ['a', -8]);
    expect(encode('aa').pieces).toEqual(['▁', 'aa']);
    expect(encode('a').ids).toEqual([6, 9]);
  });

  it('never match the reserved pieces', () => {
    const { encode } = small(['▁', -1], ['r', -1], ['1', -1]);
    expect(encode('r1').ids).toEqual([6, 7, 8]);
  });

  it('read an end that no piece reaches as an unknown character', () => {
    const { encode } = small(['▁', -1], ['qu', -1], ['a', -1]);
    expect(encode('qa')).toEqual({ ids: [6, 0, 7 + 1], pieces: ['▁', 'q', 'a'] });
  });
});

describe('a broken tokenizer.json', () => {
  const good = () => structuredClone(file) as unknown as { model: Record<string, unknown> };
  const cases: [string, unknown, RegExp][] = [
    ['is no object', null, /tokenizer.json: the file: .*expected object/],
    ['has no model', {}, /tokenizer.json: model: .*expected object/],
    ['is of another type', { model: { ...good().model, type: 'BPE' } }, /model.type: .*"Unigram"/],
    ['has no pieces', { model: { ...good().model, vocab: [] } }, /model.vocab: /],
    ['has an unknown id outside', { model: { ...good().model, unk_id: 8000 } }, /unk_id is 8000/],
    [
      'has a score that is text',
      { model: { ...good().model, vocab: [...vocab.slice(0, 8), ['x', '1']] } },
      /model.vocab.8.1: .*expected number/,
    ],
  ];

  it.each(cases)('that %s is refused by place', (_, json, message) => {
    expect(() => createUseLiteTokenizer(json)).toThrow(message);
    expect(() => createUseLiteTokenizer(json)).toThrow(TripartiteError);
  });
});
