import { TripartiteError } from '../errors.js';

/** What tells one stream of random numbers of a seed from another. */
export type StreamLabel = string | number;

// Kinds of item, so that no two sequences of seed and labels are written as the same words.
const SEED = 1;
const NUMBER = 2;
const STRING = 3;

/**
 * The 128-bit generator state of a seed and its labels: each is written as 32-bit words (kind, length,
 * content), and four MurmurHash3 (Appleby, x86, 32 bits, public domain) with different initial values read
 * them. Throws BAD_INPUT for a seed or label outside what `createGenerator` allows.
 */
export function hashStream(
  seed: number | bigint,
  stream: readonly StreamLabel[],
): [number, number, number, number] {
  const words = [SEED, ...seedWords(seed)];
  for (const label of stream) {
    if (typeof label === 'string') {
      words.push(STRING, label.length);
      for (let i = 0; i < label.length; i++) words.push(label.charCodeAt(i));
    } else {
      words.push(NUMBER, ...wholeNumberWords(label, 'stream label'));
    }
  }
  // Multiples of the golden ratio's 32-bit fraction: distinct, and far apart in every bit.
  const state: [number, number, number, number] = [
    murmur(words, 0x9e3779b9),
    murmur(words, 0x3c6ef372),
    murmur(words, 0xdaa66d2b),
    murmur(words, 0x78dde6e4),
  ];
  // One in 2^128 states is the all-zero one, where xoshiro stands still.
  if ((state[0] | state[1] | state[2] | state[3]) === 0) state[0] = 1;
  return state;
}

function seedWords(seed: number | bigint): [number, number] {
  if (typeof seed === 'number') return wholeNumberWords(seed, 'seed');
  if (seed < 0n || seed > 0xffffffffffffffffn) {
    throw new TripartiteError(
      'BAD_INPUT',
      `seed is ${seed}; a seed is a whole number from 0 to 2^64 − 1`,
    );
  }
  return [Number(seed & 0xffffffffn), Number(seed >> 32n)];
}

function wholeNumberWords(value: number, subject: string): [number, number] {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new TripartiteError(
      'BAD_INPUT',
      `${subject} is ${value}; allowed are whole numbers from 0 to 2^53 − 1`,
    );
  }
  return [value >>> 0, Math.floor(value / 4294967296)];
}

function murmur(words: readonly number[], initial: number): number {
  let h = initial;
  for (const word of words) {
    let k = Math.imul(word, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  h ^= words.length * 4;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
