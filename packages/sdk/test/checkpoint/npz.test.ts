import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../src/checkpoint/npy.js';
import { decodeNpz, encodeNpz } from '../../src/checkpoint/npz.js';
import { TripartiteError } from '../../src/errors.js';

const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const two = {
  H: { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] },
  g: { data: Int8Array.of(5) },
};

describe('decodeNpz', () => {
  it('reads the arrays of numpy, stored and compressed, alike', () => {
    const stored = decodeNpz(read('stored.npz'));
    expect(Object.keys(stored)).toEqual(
      'f4 f8 i1 u1 i4 u4 i8 b1 scalar empty long deep'.split(' '),
    );
    expect(stored.u4).toEqual({
      data: Uint32Array.of(0, 2 ** 32 - 1),
      shape: [2, 1],
      dtype: '<u4',
    });
    expect(decodeNpz(read('compressed.npz'))).toEqual(stored);
  });

  it('reads only the arrays that are asked for', () => {
    const bytes = zipSync({ 'a.npy': encodeNpy(Int8Array.of(1)), 'b.npy': read('text.npy') });
    expect(Object.keys(decodeNpz(bytes, 'x.npz', { names: ['a'] }))).toEqual(['a']);
    expect(() => decodeNpz(bytes, 'x.npz')).toThrow(/^x\.npz: b\.npy: dtype is <U5/);
  });

  it('refuses more bytes than allowed before it unpacks them', () => {
    const bytes = encodeNpz({ zeros: { data: new Uint8Array(1_000_000) } });
    expect(bytes.length).toBeLessThan(5000);
    expect(() => decodeNpz(bytes, 'x.npz', { maxBytes: 999_999 })).toThrow(
      /more than 999999 bytes/,
    );
    expect(decodeNpz(bytes).zeros?.data.length).toBe(1_000_000);
  });

  it('refuses a zip file that declares another size than it holds', () => {
    for (const change of [-1, 1]) {
      const bytes = encodeNpz({ zeros: { data: new Uint8Array(1000) } });
      const view = new DataView(bytes.buffer);
      const directory = view.getUint32(bytes.length - 22 + 16, true);
      // Uncompressed size, at byte 24 of an entry of the central directory.
      view.setUint32(directory + 24, view.getUint32(directory + 24, true) + change, true);
      expect(() => decodeNpz(bytes)).toThrow(expect.objectContaining({ code: 'BAD_CHECKPOINT' }));
    }
  });

  it.each([
    ['no zip file', new Uint8Array(100)],
    ['empty', new Uint8Array(0)],
    ['cut', encodeNpz(two).slice(0, -30)],
    ['with something else than arrays', zipSync({ 'a.txt': Uint8Array.of(1) })],
    ['with a broken array', zipSync({ 'a.npy': Uint8Array.of(1) })],
  ])('refuses a file that is %s', (_, bytes) => {
    expect(() => decodeNpz(bytes, 'x.npz')).toThrow(
      expect.objectContaining({
        code: 'BAD_CHECKPOINT',
        message: expect.stringContaining('x.npz: '),
      }),
    );
  });

  it('never fails in another way, whatever byte is changed', () => {
    const file = encodeNpz(two);
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), (at, byte) => {
        const bytes = file.slice();
        bytes[at] = byte;
        try {
          decodeNpz(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(TripartiteError);
        }
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});

describe('encodeNpz', () => {
  it('is read back, in order', () => {
    const arrays = decodeNpz(encodeNpz(two));
    expect(Object.keys(arrays)).toEqual(['H', 'g']);
    expect(arrays.H).toEqual({ ...two.H, dtype: '<f4' });
    expect(arrays.g).toEqual({ data: Int8Array.of(5), shape: [1], dtype: '|i1' });
  });

  it('gives the same bytes at any time: the date inside is 1 January 1980', () => {
    const bytes = encodeNpz(two);
    // Time and date in a local file header, bytes 10–13: midnight; day 1, month 1, year 1980 + 0.
    expect([...bytes.subarray(10, 14)]).toEqual([0, 0, 0x21, 0]);
    expect(Buffer.compare(encodeNpz(two), bytes)).toBe(0);
  });
});
