import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDuplicateKey } from '../../src/checkpoint/json-keys.js';
import { parseSafetensors } from '../../src/checkpoint/safetensors.js';
import { TripartiteError } from '../../src/errors.js';

/** A file of this header, which may be raw bytes, and so many bytes of data. */
function build(header: string | Uint8Array, data: number, length?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (dtype: unknown, shape: unknown, begin: unknown, end: unknown) =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
const a = entry('F32', [2], 0, 8);

describe('parseSafetensors refuses', () => {
  const broken: [string, Uint8Array, string][] = [
    ['an empty file', new Uint8Array(0), 'file has 0 bytes'],
    ['seven bytes', new Uint8Array(7), 'file has 7 bytes'],
    ['a header past the end', build('{}', 0, 3n), 'header length is 3 but the file ends'],
    ['a header above 100 MB', build('{}', 0, 100_000_001n), 'at most 100000000 bytes'],
    ['a header length of 2⁶⁴ − 1', build('{}', 0, 2n ** 64n - 1n), '18446744073709551615'],
    ['an empty header', build('', 4), "does not begin with '{'"],
    ['a header that begins with a space', build(' {}', 0), "does not begin with '{'"],
    ['a byte order mark', build('\ufeff{}', 0), "does not begin with '{'"],
    ['an array as header', build('[]', 0), "does not begin with '{'"],
    ['invalid UTF-8', build(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), 0), 'UTF-8'],
    ['invalid JSON', build('{"a":}', 0), 'not valid JSON'],
    ['bytes after the object', build('{} x', 0), 'not valid JSON'],
    ['zeros as padding', build('{}\0\0', 0), 'not valid JSON'],
    ['a tensor twice', build(`{"a":${a},"a":${a}}`, 8), 'holds the key "a" twice'],
    ['a tensor twice, escaped', build(`{"a":${a},"\\u0061":${a}}`, 8), 'the key "a" twice'],
    [
      'a dtype twice',
      build(`{"a":${a.replace('{', '{"dtype":"F16",')}}`, 8),
      'holds the key "dtype" twice',
    ],
    ['metadata that are no strings', build('{"__metadata__":{"a":1}}', 0), '__metadata__'],
    ['metadata that are no object', build('{"__metadata__":["a"]}', 0), '__metadata__'],
    ['a tensor that is no object', build('{"a":3}', 0), 'tensor "a" is not described'],
    ['an unknown dtype', build(`{"a":${entry('F33', [2], 0, 8)}}`, 8), '"a" has dtype "F33"'],
    ['a dtype of Object', build(`{"a":${entry('toString', [], 0, 0)}}`, 0), '"toString"'],
    ['no dtype', build('{"a":{"shape":[],"data_offsets":[0,4]}}', 4), '"a" has dtype none'],
    ['a negative side', build(`{"a":${entry('F32', [-2], 0, 8)}}`, 8), '"a" has shape [-2]'],
    ['half a side', build(`{"a":${entry('F32', [0.5], 0, 2)}}`, 2), '"a" has shape [0.5]'],
    ['no shape', build('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4), 'has shape none'],
    [
      'a shape that overflows',
      build(`{"a":${entry('F32', [2 ** 32, 2 ** 32], 0, 0)}}`, 0),
      'more elements than can be counted',
    ],
    [
      'a shape that overflows before a zero',
      build(`{"a":${entry('F32', [2 ** 32, 2 ** 32, 0], 0, 0)}}`, 0),
      'more elements than can be counted',
    ],
    ['one offset', build('{"a":{"dtype":"U8","shape":[],"data_offsets":[0]}}', 1), '[0]'],
    ['a negative offset', build(`{"a":${entry('F32', [2], -8, 0)}}`, 0), 'data_offsets [-8,0]'],
    ['an end before its begin', build(`{"a":${entry('F32', [2], 8, 0)}}`, 8), '-8 bytes'],
    ['a size that is not the shape', build(`{"a":${entry('F32', [3], 0, 8)}}`, 8), 'needs 12'],
    ['half a byte', build(`{"a":${entry('F4', [3], 0, 2)}}`, 2), 'needs 1.5'],
    [
      'an overlap',
      build(`{"a":${a},"b":${entry('F32', [2], 4, 12)}}`, 12),
      'tensor "b" overlaps the tensor before it: it begins at 4, expected 8',
    ],
    [
      'the same bytes for two tensors',
      build(`{"a":${a},"b":${a}}`, 8),
      'tensor "b" overlaps the tensor before it',
    ],
    [
      'a hole',
      build(`{"a":${a},"b":${entry('F32', [1], 12, 16)}}`, 16),
      'tensor "b" leaves a hole before it: it begins at 12, expected 8',
    ],
    ['a hole at the start', build(`{"a":${entry('F32', [1], 4, 8)}}`, 8), 'leaves a hole'],
    ['data past the end', build(`{"a":${a}}`, 7), 'cover 8 bytes but the file holds 7'],
    ['data that nobody owns', build(`{"a":${a}}`, 9), 'cover 8 bytes but the file holds 9'],
    ['a header nested too deep', build(`{"a":${'['.repeat(100_000)}`, 0), 'not valid JSON'],
  ];

  it.each(broken)('%s', (_, bytes, message) => {
    expect(() => parseSafetensors(bytes, 'w.safetensors')).toThrow(
      expect.objectContaining({
        code: 'BAD_CHECKPOINT',
        message: expect.stringContaining(message),
      }),
    );
    expect(() => parseSafetensors(bytes, 'w.safetensors')).toThrow(/^w\.safetensors: [^\n]*$/);
  });
});

describe('parseSafetensors takes', () => {
  it('a file without tensors', () => {
    expect(parseSafetensors(build('{}', 0), 'x').names).toEqual([]);
  });

  it('white space after the header', () => {
    const file = parseSafetensors(build(`{"a":${a}} \n\t `, 8), 'x');
    expect([...file.float32('a')]).toEqual([0, 0]);
  });

  it('tensors in another order than their data, and empty ones between', () => {
    const b = entry('F32', [1], 8, 12);
    const none = entry('F32', [0], 8, 8);
    const file = parseSafetensors(build(`{"b":${b},"none":${none},"a":${a}}`, 12), 'x');
    expect(file.names).toEqual(['b', 'none', 'a']);
  });

  it('names that JavaScript objects treat apart', () => {
    const file = parseSafetensors(
      build(`{"__proto__":${a},"constructor":${entry('U8', [0], 8, 8)}}`, 8),
      'x',
    );
    expect(file.names).toEqual(['__proto__', 'constructor']);
    expect(file.float32('__proto__', [2]).length).toBe(2);
  });
});

describe('findDuplicateKey', () => {
  it('sees keys of the same object only', () => {
    expect(findDuplicateKey('{"a":{"a":[{"a":1},{"a":"b\\":"}]},"b":"a"}')).toBeUndefined();
    expect(findDuplicateKey('{"x":[{"k":1,"l":{"k":2},"k":3}]}')).toBe('k');
    expect(findDuplicateKey('{"\\\\":1,"\\\\":2}')).toBe('\\');
  });
});

describe('a mutated file', () => {
  const original = readFileSync(new URL('./fixtures/small.safetensors', import.meta.url));
  const headerEnd = 8 + Number(original.readBigUInt64LE(0));
  const place = fc.oneof(fc.nat(headerEnd - 1), fc.nat(original.length - 1));
  const value = fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('0123456789[]{},:"\\ -.eF')));
  const anywhere = fc.record({
    kind: fc.constantFrom('set', 'insert', 'remove', 'cut', 'copy'),
    at: place,
    from: place,
    byte: value,
  });
  const inData = fc.record({
    kind: fc.constant('set'),
    at: fc.integer({ min: headerEnd, max: original.length - 1 }),
    from: fc.constant(0),
    byte: value,
  });
  type Change = { kind: string; at: number; from: number; byte: number };

  function mutate(bytes: number[], { kind, at, from, byte }: Change): void {
    if (kind === 'set') bytes[Math.min(at, bytes.length - 1)] = byte;
    else if (kind === 'insert') bytes.splice(at, 0, byte);
    else if (kind === 'remove') bytes.splice(at, 1);
    else if (kind === 'cut') bytes.length = Math.min(bytes.length, at);
    else bytes.splice(at, 12, ...bytes.slice(from, from + 12));
  }

  // The format read with no check at all: right for every file that is valid.
  function readNaively(bytes: Uint8Array): Map<string, { shape: number[]; bytes: Uint8Array }> {
    const end = 8 + Buffer.from(bytes).readUInt32LE(0);
    const header = JSON.parse(Buffer.from(bytes.subarray(8, end)).toString());
    delete header.__metadata__;
    return new Map(
      Object.entries<{ shape: number[]; data_offsets: [number, number] }>(header).map(
        ([
          name,
          {
            shape,
            data_offsets: [i, j],
          },
        ]) => [name, { shape, bytes: bytes.slice(end + i, end + j) }],
      ),
    );
  }

  it('is refused with a TripartiteError or read as the format says, 300 times', () => {
    let refused = 0;
    let parsed = 0;
    fc.assert(
      fc.property(
        fc.array(fc.oneof(anywhere, inData), { minLength: 1, maxLength: 2 }),
        (changes) => {
          const list = [...original];
          for (const one of changes) mutate(list, one);
          const bytes = Uint8Array.from(list);
          try {
            const file = parseSafetensors(bytes, 'x');
            const naive = readNaively(bytes);
            expect(file.names).toEqual([...naive.keys()]);
            for (const [name, tensor] of naive) {
              expect(file.shape(name)).toEqual(tensor.shape);
              if (file.dtype(name) !== 'F32') continue;
              const values = file.float32(name);
              const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
              expect(Buffer.compare(raw, tensor.bytes)).toBe(0);
            }
            parsed++;
          } catch (error) {
            expect(error).toBeInstanceOf(TripartiteError);
            refused++;
          }
        },
      ),
      { numRuns: 300, seed: 4 },
    );
    // Both ends are reached: flips in the data are harmless, most in the header are not.
    expect(refused).toBeGreaterThan(100);
    expect(parsed).toBeGreaterThan(20);
  });
});
