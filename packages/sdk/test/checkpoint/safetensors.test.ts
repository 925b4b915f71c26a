import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNpz } from '../../src/checkpoint/npz.js';
import { parseSafetensors } from '../../src/checkpoint/safetensors.js';
import { writeSafetensors } from '../../src/checkpoint/safetensors-writer.js';
import { widenBfloat16, widenFloat16 } from '../../src/checkpoint/widen.js';

const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const small = parseSafetensors(read('small.safetensors'), 'small.safetensors');

describe('parseSafetensors', () => {
  it('lists what the file holds', () => {
    expect(small.names).toEqual(
      'halves odd.bytes brains unaligned one weights scalar nothing ids'.split(' '),
    );
    expect(small.metadata).toEqual({ format: 'pt', note: 'größe' });
    expect([small.has('halves'), small.has('__metadata__'), small.has('toString')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([small.shape('nothing'), small.dtype('nothing')]).toEqual([[4, 0, 2], 'F32']);
    expect([small.shape('scalar'), small.dtype('ids')]).toEqual([[], 'I64']);
  });

  const expected = Object.entries(decodeNpz(read('small.npz')));
  it.each(expected)('gives the numbers of numpy: %s', (name, { data }) => {
    const values = small.float32(name, small.shape(name));
    expect(values.length).toBe(data.length);
    for (let i = 0; i < data.length; i++) expect(values[i]).toBe(data[i]);
  });

  it('views aligned float32 and copies the rest', () => {
    const bytes = writeSafetensors({
      a: { shape: [2], data: Float32Array.of(1, 2) },
      b: { shape: [1], data: Uint8Array.of(0, 0x3c), dtype: 'F16' },
    });
    const file = parseSafetensors(bytes, 'x');
    expect(file.float32('a').buffer).toBe(bytes.buffer);
    expect(file.float32('b').buffer).not.toBe(bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 1).subarray(1);
    shifted.set(bytes);
    expect([...parseSafetensors(shifted, 'x').float32('a')]).toEqual([1, 2]);
    expect([...parseSafetensors(shifted, 'x').float32('b')]).toEqual([1]);
  });

  it('names a missing tensor, and the nearest there is', () => {
    for (const ask of [small.float32, small.shape, small.dtype]) {
      expect(() => ask('wieghts')).toThrow(
        expect.objectContaining({
          code: 'MISSING_TENSOR',
          message: 'small.safetensors: tensor "wieghts" is missing; the nearest name is "weights"',
        }),
      );
    }
    expect(() => small.float32('entirely.different')).toThrow(/"entirely\.different" is missing$/);
  });

  it('names a tensor of another shape than expected', () => {
    for (const shape of [[4, 3], [12], [3, 4, 1]]) {
      expect(() => small.float32('weights', shape)).toThrow(
        expect.objectContaining({
          code: 'BAD_SHAPE',
          message: `small.safetensors: tensor "weights" has shape (3, 4); expected (${shape.join(', ')})`,
        }),
      );
    }
  });

  it('does not read whole numbers as float32', () => {
    expect(() => small.float32('ids')).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED',
        message: expect.stringContaining('"ids" is I64'),
      }),
    );
  });
});

describe('widenFloat16 and widenBfloat16', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);

  // The definition: sign, exponent e of bias b, fraction f of p bits.
  function decode(bits: number, p: number, exponentBits: number): number {
    const bias = 2 ** (exponentBits - 1) - 1;
    const e = (bits >> p) & (2 ** exponentBits - 1);
    const f = (bits & (2 ** p - 1)) / 2 ** p;
    const sign = bits & 0x8000 ? -1 : 1;
    if (e === 2 ** exponentBits - 1) return f === 0 ? sign * Infinity : Number.NaN;
    return e === 0 ? sign * f * 2 ** (1 - bias) : sign * (1 + f) * 2 ** (e - bias);
  }

  it('widen all 65 536 bit patterns as IEEE 754 defines them', () => {
    const halves = widenFloat16(all);
    const brains = widenBfloat16(all);
    let wrong = 0;
    for (let i = 0; i < all.length; i++) {
      if (!Object.is(halves[i], decode(i, 10, 5))) wrong++;
      if (!Object.is(brains[i], decode(i, 7, 8))) wrong++;
    }
    expect(wrong).toBe(0);
  });
});

describe('writeSafetensors', () => {
  const tensor = fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) => {
    const length = shape.reduce((n, side) => n * side, 1);
    const floats = fc.float32Array({ minLength: length, maxLength: length });
    return floats.map((data) => ({ shape, data }));
  });
  const name = fc.string({ unit: 'grapheme' }).filter((text) => text !== '__metadata__');

  it('is undone by parseSafetensors', () => {
    fc.assert(
      fc.property(
        fc.dictionary(name, tensor),
        fc.dictionary(name, fc.string({ unit: 'grapheme' })),
        (tensors, metadata) => {
          const file = parseSafetensors(writeSafetensors(tensors, metadata), 'x');
          expect([...file.names].sort()).toEqual(Object.keys(tensors).sort());
          expect(Object.entries(file.metadata).sort()).toEqual(Object.entries(metadata).sort());
          for (const [key, { shape, data }] of Object.entries(tensors)) {
            expect(file.float32(key, shape)).toEqual(data);
          }
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });

  it('gives the same bytes whatever the order, and aligned data', () => {
    const a = { shape: [1], data: Float32Array.of(1) };
    const b = { shape: [3], data: Uint8Array.of(1, 2, 3), dtype: 'U8' } as const;
    const c = { shape: [1], data: new Uint8Array(8), dtype: 'I64' } as const;
    const bytes = writeSafetensors({ a, b, c }, { y: '1', x: '2' });
    expect(Buffer.compare(writeSafetensors({ c, b, a }, { x: '2', y: '1' }), bytes)).toBe(0);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"__metadata__":{"x":"2","y":"1"},"c":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},' +
        '"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},' +
        '"b":{"dtype":"U8","shape":[3],"data_offsets":[12,15]}}',
    );
  });

  it('refuses a shape that does not fit and the reserved name', () => {
    const data = Float32Array.of(1, 2);
    expect(() => writeSafetensors({ a: { shape: [3], data } })).toThrow(
      expect.objectContaining({ code: 'BAD_SHAPE' }),
    );
    expect(() => writeSafetensors({ __metadata__: { shape: [2], data } })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT' }),
    );
  });
});
