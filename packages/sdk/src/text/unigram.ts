import { z } from 'zod';
import { TripartiteError } from '../errors.js';

/** A text as a model's tokens, in order. */
export interface EncodedText {
  /** Vocabulary ids, before any cut to the model's limit. */
  readonly ids: number[];
  /**
   * The stretch of normalised text that each token covers, U+2581 for a space (and before the first
   * word): joined, they are the whole normalised text.
   */
  readonly pieces: string[];
}

/** Turns texts into tokens. */
export interface Tokenizer {
  /** Pieces of the vocabulary: every id is below it. */
  readonly size: number;
  encode(text: string): EncodedText;
}

const SEPARATOR = '\u2581';
// Ids 0–5 are unknown, control and user symbols: no text ever matches them.
const RESERVED = 6;

const schema = z.object({
  model: z.object({
    type: z.literal('Unigram'),
    unk_id: z.int().nonnegative(),
    vocab: z.array(z.tuple([z.string().min(1), z.number().nullable()])).min(RESERVED + 1),
  }),
});

interface TrieNode {
  readonly children: Map<string, TrieNode>;
  /** Id of the piece that ends here, −1 for none. */
  id: number;
  score: number;
}

/**
 * Makes the tokenizer of Universal Sentence Encoder lite from its tokenizer.json (parsed; a Unigram model).
 * It gives the ids of the TensorFlow.js release: NFKC, U+2581 in front and for every space, nothing else
 * changed (so repeated spaces stay, and a line break or tab is an unknown character), then the pieces with
 * the largest sum of scores. The empty text has no tokens. Takes time linear in the length of the text.
 * Throws BAD_CHECKPOINT where the file is not such a tokenizer.
 */
export function createUseLiteTokenizer(json: unknown): Tokenizer {
  const { unk_id: unknown, vocab } = readModel(json);
  const root = createNode();
  vocab.slice(RESERVED).forEach(([piece, score], index) => {
    insert(root, piece, RESERVED + index, score ?? 0);
  });
  return {
    size: vocab.length,
    encode(text) {
      const symbols = Array.from(normalise(text));
      return readBack(symbols, findBest(root, symbols, unknown), unknown);
    },
  };
}

function readModel(json: unknown) {
  const result = schema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0];
    const place = issue?.path.join('.') || 'the file';
    throw new TripartiteError('BAD_CHECKPOINT', `tokenizer.json: ${place}: ${issue?.message}`);
  }
  const { model } = result.data;
  if (model.unk_id >= RESERVED) {
    throw new TripartiteError(
      'BAD_CHECKPOINT',
      `tokenizer.json: model.unk_id is ${model.unk_id}; it must be one of the reserved ids 0–${RESERVED - 1}`,
    );
  }
  return model;
}

function normalise(text: string): string {
  const normalised = text.normalize('NFKC');
  return normalised === '' ? '' : SEPARATOR + normalised.replaceAll(' ', SEPARATOR);
}

function createNode(): TrieNode {
  return { children: new Map(), id: -1, score: 0 };
}

/** Adds a piece, code point by code point; of a repeated piece the last id and score count. */
function insert(root: TrieNode, piece: string, id: number, score: number): void {
  let node = root;
  for (const symbol of piece) {
    let child = node.children.get(symbol);
    if (child === undefined) {
      child = createNode();
      node.children.set(symbol, child);
    }
    node = child;
  }
  node.id = id;
  node.score = score;
}

/** For every end, 0 … symbols.length, the id and the start of the last piece of the best path there. */
interface Lattice {
  readonly ids: Int32Array;
  readonly starts: Int32Array;
}

/**
 * Viterbi's forward pass over symbols (code points). Its rules are the reference's, with their quirks: at
 * one end a later start wins a tie, and a best sum of exactly 0 counts as not yet set. Going through starts
 * in rising order meets the candidates of every end in that order.
 */
function findBest(root: TrieNode, symbols: readonly string[], unknown: number): Lattice {
  const best = new Float64Array(symbols.length + 1);
  const ids = new Int32Array(symbols.length + 1).fill(unknown);
  // An end that no candidate reaches is read as an unknown symbol.
  const starts = Int32Array.from(ids, (_, end) => end - 1);

  function offer(start: number, end: number, id: number, score: number): void {
    const sum = score + (best[start] as number);
    if (best[end] !== 0 && sum < (best[end] as number)) return;
    best[end] = sum;
    ids[end] = id;
    starts[end] = start;
  }

  for (let start = 0; start < symbols.length; start++) {
    let matched = false;
    let node: TrieNode | undefined = root;
    for (let end = start; node !== undefined && end < symbols.length; end++) {
      node = node.children.get(symbols[end] as string);
      if (node === undefined || node.id < 0) continue;
      matched = true;
      offer(start, end + 1, node.id, node.score);
    }
    if (!matched) offer(start, start + 1, unknown, 0);
  }
  return { ids, starts };
}

/** The best path from its end back, unknown neighbours merged into one token. */
function readBack(symbols: readonly string[], lattice: Lattice, unknown: number): EncodedText {
  const ids: number[] = [];
  const pieces: string[] = [];
  let end = symbols.length;
  while (end > 0) {
    const id = lattice.ids[end] as number;
    let start = lattice.starts[end] as number;
    if (id === unknown) {
      while (start > 0 && lattice.ids[start] === unknown) start = lattice.starts[start] as number;
    }
    ids.push(id);
    pieces.push(symbols.slice(start, end).join(''));
    end = start;
  }
  return { ids: ids.reverse(), pieces: pieces.reverse() };
}
