import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy, type NpyData } from '../../src/checkpoint/npy.js';
import { TripartiteError } from '../../src/errors.js';

const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
// Entries of a stored npz are the bytes of numpy's own npy files.
const numpy = unzipSync(read('stored.npz'));
const numpyFile = (name: string) => numpy[`${name}.npy`] as Uint8Array;

const arrays: Record<string, [NpyData, number[]?]> = {
  f4: [Float32Array.of(0.5, -1.25, 3e-45, Infinity, -Infinity, 1e10), [2, 3]],
  f8: [Float64Array.of(0.1, -0, 1e300, 5e-324)],
  i1: [Int8Array.of(-128, 0, 127)],
  u1: [Uint8Array.from({ length: 24 }, (_, i) => i), [2, 3, 4]],
  i4: [Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
  u4: [Uint32Array.of(0, 2 ** 32 - 1), [2, 1]],
  i8: [BigInt64Array.of(-(2n ** 53n) + 1n, 2n ** 53n - 1n, 7n)],
  scalar: [Float32Array.of(2.5), []],
  empty: [new Float32Array(0), [0, 3]],
  long: [new Uint8Array(12345)],
  deep: [new Int8Array(1), Array(20).fill(1)],
};

/** Replaces text of an npy header by other text of the same length. */
function edit(bytes: Uint8Array, from: string, to: string): Uint8Array {
  expect(to.length).toBe(from.length);
  const text = Buffer.from(bytes).toString('latin1');
  expect(text).toContain(from);
  return Buffer.from(text.replace(from, to), 'latin1');
}

describe('encodeNpy', () => {
  it.each(Object.entries(arrays))("writes numpy's own bytes: %s", (name, [data, shape]) => {
    expect(Buffer.compare(encodeNpy(data, shape), numpyFile(name))).toBe(0);
  });

  it('takes a view into a larger buffer, and a Buffer of Node', () => {
    const view = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    expect([...decodeNpy(encodeNpy(view)).data]).toEqual([1, 2]);
    expect([...decodeNpy(encodeNpy(Buffer.from([4, 5]))).data]).toEqual([4, 5]);
  });

  it('refuses a shape that does not fit', () => {
    for (const shape of [[4], [], [-3, -1], [1.5, 2]]) {
      expect(() => encodeNpy(Float32Array.of(1, 2, 3), shape)).toThrow(
        expect.objectContaining({ code: 'BAD_SHAPE' }),
      );
    }
  });
});

describe('decodeNpy', () => {
  it.each(Object.entries(arrays))('reads what numpy wrote: %s', (name, [data, shape]) => {
    const array = decodeNpy(numpyFile(name));
    expect(array.shape).toEqual(shape ?? [data.length]);
    expect(array.data.length).toBe(data.length);
    for (let i = 0; i < data.length; i++) expect(array.data[i]).toBe(Number(data[i]));
  });

  it('reads bool as 0 and 1', () => {
    const array = decodeNpy(numpyFile('b1'));
    expect([array.dtype, ...array.data]).toEqual(['|b1', 1, 0, 1]);
  });

  it('reads version 2.0', () => {
    const array = decodeNpy(read('version-2.npy'));
    expect([array.shape, [...array.data]]).toEqual([
      [3, 2],
      [0, 1, 2, 3, 4, 5],
    ]);
  });

  it.each([
    ['fortran.npy', 'Fortran order'],
    ['big-endian.npy', '>f4'],
    ['text.npy', '<U5'],
    ['records.npy', 'dtype is ['],
    ['int64-large.npy', '2^53'],
    ['version-3.npy', '3.0'],
  ])('says of %s why it cannot be read', (name, reason) => {
    expect(() => decodeNpy(read(name), name)).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED',
        message: expect.stringMatching(new RegExp(`^${name}: .*`)),
      }),
    );
    expect(() => decodeNpy(read(name), name)).toThrow(reason);
  });

  const f4 = numpyFile('f4');
  it.each([
    ['is empty', new Uint8Array(0)],
    ['has another magic', edit(f4, 'NUMPY', 'NUMPI')],
    ['ends in its header', f4.slice(0, 60)],
    ['lacks a byte of data', f4.slice(0, -1)],
    ['has a byte too many', Uint8Array.of(...f4, 0)],
    ['has a shape that does not fit', edit(f4, '(2, 3)', '(2, 4)')],
    ['has a negative side', edit(f4, '(2, 3)', '(-2,3)')],
    ['has an uncountable shape', edit(f4, '(2, 3), }     ', '(9999999999999')],
    ['lacks a key', edit(f4, "'descr'", "'descx'")],
    ['has a key twice', edit(f4, "'shape': (2, 3), ", "'descr':'<f4',   ")],
    ['is no dictionary', edit(f4, '{', '[')],
  ])('refuses a file that %s', (_, bytes) => {
    expect(() => decodeNpy(bytes, 'x.npy')).toThrow(
      expect.objectContaining({
        code: 'BAD_CHECKPOINT',
        message: expect.stringContaining('x.npy: '),
      }),
    );
  });

  /** An npy file, version 2.0, of nothing but this header. */
  const withHeader = (header: string) =>
    Buffer.concat([
      Buffer.from('\x93NUMPY\x02\x00', 'latin1'),
      Uint8Array.from(new Uint8Array(Uint32Array.of(header.length).buffer)),
      Buffer.from(header, 'latin1'),
    ]);
  const blanks = ' '.repeat(1e5);

  it('reads a header with 10⁵ blanks in every gap', () => {
    const dict = "{ 'descr' : '<f4' , 'fortran_order' : False , 'shape' : (0 ,) , } \n";
    expect(decodeNpy(withHeader(dict.replaceAll(' ', blanks))).shape).toEqual([0]);
  });

  it.each([
    ['blanks alone', `{${blanks}}`],
    ['blanks before a broken field', `{${blanks}'descr'${blanks};}`],
    ['blanks after its end', `{}${blanks}x`],
    ['lists that do not end', `{${"'descr': [".repeat(4e4)}}`],
  ])('refuses a long header of %s in time that grows with its length', (_, header) => {
    const started = performance.now();
    expect(() => decodeNpy(withHeader(header))).toThrow(
      expect.objectContaining({ code: 'BAD_CHECKPOINT' }),
    );
    // 3 ms; a search for the next field takes seconds.
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('never fails in another way, whatever byte is changed', () => {
    fc.assert(
      fc.property(fc.nat(f4.length - 1), fc.nat(255), fc.nat(f4.length), (at, byte, end) => {
        const bytes = f4.slice(0, end % 3 === 0 ? end : f4.length);
        bytes[at] = byte;
        try {
          const { data, shape } = decodeNpy(bytes);
          expect(data.length).toBe(shape.reduce((n, side) => n * side, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(TripartiteError);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
