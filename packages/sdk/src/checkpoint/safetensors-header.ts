import { TripartiteError } from '../errors.js';
import { findDuplicateKey } from './json-keys.js';

/** Element types of the format with their width in bits, in the order in which its writer sorts them. */
export const dtypeBits = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

/** Name of an element type in a safetensors file. */
export type Dtype = keyof typeof dtypeBits;

/** One tensor of a header: where its bytes lie in the data after the header. */
export interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** A checked header. */
export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data begin in the file, bytes. */
  readonly dataStart: number;
}

/** Longest header that is read, bytes: the limit of the format's own reader. */
const MAX_HEADER = 100_000_000;

/**
 * Reads and checks the header of a safetensors file as the format's Rust reader does: length, UTF-8, JSON,
 * no key twice, known dtypes, sizes, and offsets that cover the data without overlap or hole. `file` names
 * it in errors. Throws `BAD_CHECKPOINT`.
 */
export function readHeader(bytes: Uint8Array, file: string): SafetensorsHeader {
  const fail = (message: string, cause?: unknown) =>
    new TripartiteError('BAD_CHECKPOINT', `${file}: ${message}`, { cause });
  if (bytes.length < 8) {
    throw fail(`file has ${bytes.length} bytes; a safetensors file has at least 8`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER)) {
    throw fail(`header length is ${length}; at most ${MAX_HEADER} bytes are allowed`);
  }
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.length) {
    throw fail(`header length is ${length} but the file ends after ${bytes.length} bytes`);
  }
  if (bytes[8] !== 0x7b || dataStart === 8) throw fail("header does not begin with '{'");
  const json = parseJson(bytes.subarray(8, dataStart), fail);
  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = readMetadata(value, fail);
    else tensors.set(name, readEntry(name, value, fail));
  }
  checkCover(tensors, bytes.length - dataStart, fail);
  return { tensors, metadata, dataStart };
}

type Fail = (message: string, cause?: unknown) => TripartiteError;

function parseJson(bytes: Uint8Array, fail: Fail): object {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw fail('header is not valid UTF-8', cause);
  }
  let json: object;
  try {
    // Text that begins with '{' and parses is an object.
    json = JSON.parse(text) as object;
  } catch (cause) {
    throw fail('header is not valid JSON', cause);
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) throw fail(`header holds the key ${show(duplicate)} twice`);
  return json;
}

function readMetadata(value: unknown, fail: Fail): Record<string, string> {
  if (!isObject(value) || Object.values(value).some((v) => typeof v !== 'string')) {
    throw fail('__metadata__ must be an object of strings');
  }
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown, fail: Fail): TensorEntry {
  const subject = `tensor ${show(name)}`;
  if (!isObject(value)) throw fail(`${subject} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypeBits, dtype)) {
    throw fail(
      `${subject} has dtype ${show(dtype)}; ${Object.keys(dtypeBits).join(', ')} are known`,
    );
  }
  if (!isCounts(shape)) {
    throw fail(`${subject} has shape ${show(shape)}; whole numbers of at least 0 are allowed`);
  }
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw fail(`${subject} has data_offsets ${show(offsets)}; two whole numbers are needed`);
  }
  const [begin, end] = offsets as [number, number];
  let bits: number = dtypeBits[dtype as Dtype];
  for (const side of shape) {
    bits *= side;
    // Checked at every step: a zero further on must not hide an overflow.
    if (!Number.isSafeInteger(bits)) {
      throw fail(`${subject} has shape ${show(shape)}, more elements than can be counted`);
    }
  }
  if (end < begin || (end - begin) * 8 !== bits) {
    throw fail(
      `${subject} has ${end - begin} bytes; ${dtype} of shape ${show(shape)} needs ${bits / 8}`,
    );
  }
  return { dtype: dtype as Dtype, shape, begin, end };
}

function checkCover(tensors: Map<string, TensorEntry>, size: number, fail: Fail): void {
  let covered = 0;
  const sorted = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  for (const [name, { begin, end }] of sorted) {
    if (begin !== covered) {
      const what = begin < covered ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw fail(`tensor ${show(name)} ${what}: it begins at ${begin}, expected ${covered}`);
    }
    covered = end;
  }
  if (covered !== size) {
    throw fail(`tensors cover ${covered} bytes but the file holds ${size} after its header`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

// Errors are one line of readable length, whatever the file holds.
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
