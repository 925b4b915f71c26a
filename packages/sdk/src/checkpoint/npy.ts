import { TripartiteError } from '../errors.js';

/** Arrays that an npy file is written from; the class gives the dtype. */
export type NpyData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int32Array
  | Uint32Array
  | BigInt64Array;

/** An array read from an npy file, row by row (C order). */
export interface NpyArray {
  /** int64 comes as `Float64Array`, bool as `Uint8Array` of 0 and 1. */
  readonly data: Exclude<NpyData, BigInt64Array>;
  /** Empty for a scalar. */
  readonly shape: readonly number[];
  /** numpy's name of the element type in the file: `<f4`, `|b1` … */
  readonly dtype: string;
}

type Buffered<T> = (buffer: ArrayBuffer) => T;

// dtype: bytes of an element, reader of a whole little-endian buffer.
const readers: Readonly<Record<string, { size: number; read: Buffered<NpyArray['data']> }>> = {
  '<f4': { size: 4, read: (buffer) => new Float32Array(buffer) },
  '<f8': { size: 8, read: (buffer) => new Float64Array(buffer) },
  '|i1': { size: 1, read: (buffer) => new Int8Array(buffer) },
  '|u1': { size: 1, read: (buffer) => new Uint8Array(buffer) },
  '|b1': { size: 1, read: (buffer) => new Uint8Array(buffer) },
  '<i4': { size: 4, read: (buffer) => new Int32Array(buffer) },
  '<u4': { size: 4, read: (buffer) => new Uint32Array(buffer) },
  '<i8': { size: 8, read: readInt64 },
};

// By the tag and not the class, since a Node Buffer is a Uint8Array too.
const dtypes: Readonly<Record<string, string>> = {
  Float32Array: '<f4',
  Float64Array: '<f8',
  Int8Array: '|i1',
  Uint8Array: '|u1',
  Int32Array: '<i4',
  Uint32Array: '<u4',
  BigInt64Array: '<i8',
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const ALIGNMENT = 64;
// numpy leaves room for the first side to grow in place to 21 digits (numpy ≥ 1.23, format.py).
const GROWTH_DIGITS = 21;

/**
 * Copies an array, row by row, into the bytes of an npy file, version 1.0: the same bytes that numpy's
 * `save` writes. Throws `BAD_SHAPE` where the shape does not fit the data.
 */
export function encodeNpy(data: NpyData, shape: readonly number[] = [data.length]): Uint8Array {
  if (!shape.every(isCount) || shape.reduce((n, side) => n * side, 1) !== data.length) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `array has ${data.length} values; shape (${shape.join(', ')}) does not fit`,
    );
  }
  const descr = dtypes[data[Symbol.toStringTag]];
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const room = shape.length === 0 ? 0 : GROWTH_DIGITS - String(shape[0]).length;
  const used = MAGIC.length + 4 + dict.length + room + 1;
  // A header that is aligned already gets a whole line of padding, as numpy does.
  const header = `${dict}${' '.repeat(room + ALIGNMENT - (used % ALIGNMENT))}\n`;
  const start = MAGIC.length + 4 + header.length;
  const out = new Uint8Array(start + data.byteLength);
  out.set(MAGIC);
  out.set([1, 0, header.length & 0xff, header.length >> 8], MAGIC.length);
  out.set(new TextEncoder().encode(header), MAGIC.length + 4);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return out;
}

/**
 * Reads an npy file, version 1.0 or 2.0, and copies its array: little-endian float32, float64, int8,
 * uint8, int32, uint32, bool, and int64 whose values float64 holds exactly. `name` stands for it in
 * errors. Throws `BAD_CHECKPOINT` for a broken file, `UNSUPPORTED` for another version, dtype or order.
 */
export function decodeNpy(bytes: Uint8Array, name = 'npy array'): NpyArray {
  const { text, start } = readNpyHeader(bytes, name);
  const fields = parseHeader(text, name);
  const dtype = fields.descr.replace(/^<(?=[biu]1$)/, '|');
  const reader = Object.hasOwn(readers, dtype) ? readers[dtype] : undefined;
  if (reader === undefined) {
    throw new TripartiteError(
      'UNSUPPORTED',
      `${name}: dtype is ${fields.descr}; ${Object.keys(readers).join(', ')} can be read`,
    );
  }
  if (fields.fortran) {
    throw new TripartiteError(
      'UNSUPPORTED',
      `${name}: array is in Fortran order; only C order can be read (numpy.ascontiguousarray)`,
    );
  }
  const expected = fields.shape.reduce((n, side) => n * side, reader.size);
  if (bytes.length - start !== expected) {
    throw new TripartiteError(
      'BAD_CHECKPOINT',
      `${name}: ${bytes.length - start} bytes of data; ${dtype} of shape (${fields.shape.join(', ')}) needs ${expected}`,
    );
  }
  const buffer = new ArrayBuffer(expected);
  new Uint8Array(buffer).set(bytes.subarray(start));
  const data = reader.read(buffer);
  if (dtype === '<i8' && !data.every(Number.isSafeInteger)) {
    throw new TripartiteError(
      'UNSUPPORTED',
      `${name}: int64 beyond ±(2^53 − 1) cannot be read without loss`,
    );
  }
  return { data, shape: fields.shape, dtype };
}

function readNpyHeader(bytes: Uint8Array, name: string): { text: string; start: number } {
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new TripartiteError('BAD_CHECKPOINT', `${name}: file does not begin as an npy file does`);
  }
  const [major, minor] = [bytes[6], bytes[7]];
  if ((major !== 1 && major !== 2) || minor !== 0) {
    throw new TripartiteError(
      'UNSUPPORTED',
      `${name}: npy version is ${major}.${minor}; 1.0 and 2.0 can be read`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const begin = major === 1 ? 10 : 12;
  const start = begin + length;
  if (start > bytes.length) {
    throw new TripartiteError(
      'BAD_CHECKPOINT',
      `${name}: header length is ${length} but the file ends after ${bytes.length} bytes`,
    );
  }
  return { text: new TextDecoder('latin1').decode(bytes.subarray(begin, start)), start };
}

interface NpyHeader {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

// The header is a Python literal: a dictionary of exactly three keys, in any order.
function parseHeader(text: string, name: string): NpyHeader {
  const body = /^\{(.*)\}\s*$/s.exec(text)?.[1] ?? '';
  const values = new Map<string, string>();
  // Sticky, so that every field begins where the last one ended: a search would take the square of the time for
  // a header of blanks.
  const field = /\s*'(\w+)'\s*:\s*('[^']*'|True|False|\([\d\s,L]*\)|\[.*\])\s*(?:,|$)/sy;
  let end = 0;
  for (let found = field.exec(body); found; found = field.exec(body)) {
    values.set(found[1] as string, found[2] as string);
    end = field.lastIndex;
  }
  const rest = body.slice(end);
  const descr = values.get('descr');
  const order = values.get('fortran_order');
  const shape = values.get('shape')?.match(/\d+/g)?.map(Number) ?? [];
  const valid = /^(True|False)$/.test(order ?? '') && values.get('shape')?.startsWith('(');
  if (rest.trim() !== '' || values.size !== 3 || !descr || !valid || !shape.every(isCount)) {
    throw new TripartiteError('BAD_CHECKPOINT', `${name}: npy header cannot be read`);
  }
  return { descr: descr.replace(/^'|'$/g, ''), fortran: order === 'True', shape };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function readInt64(buffer: ArrayBuffer): Float64Array {
  return Float64Array.from(new BigInt64Array(buffer), Number);
}
