import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../src/checkpoint/sha256.js';

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37 + 11) & 255);
const known = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

afterEach(() => vi.unstubAllGlobals());

describe.each(['the platform’s', 'our own'])('SHA-256 by %s code', (whose) => {
  const hash = (data: Uint8Array) => {
    if (whose === 'our own') vi.stubGlobal('crypto', {});
    return sha256(data);
  };

  it('gives the examples of FIPS 180-4', async () => {
    const text = (words: string) => new TextEncoder().encode(words);
    expect(await hash(text('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(await hash(text('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    );
  });

  it.each([0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 128, 5000])(
    'gives what Node gives for %i bytes',
    async (length) => {
      expect(await hash(bytes(length))).toBe(known(bytes(length)));
    },
  );

  it('hashes a part of a buffer, and that part only', async () => {
    const part = bytes(300).subarray(7, 200);
    expect(await hash(part)).toBe(known(part.slice()));
  });
});
