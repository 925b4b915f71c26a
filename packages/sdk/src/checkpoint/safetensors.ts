import { TripartiteError } from '../errors.js';
import { nearestName } from './nearest-name.js';
import { type Dtype, readHeader, type TensorEntry } from './safetensors-header.js';
import { widenBfloat16, widenFloat16 } from './widen.js';

/** A checked safetensors file in memory. */
export interface Safetensors {
  /** The file, as errors name it. */
  readonly file: string;
  /** Tensors in the header's order. */
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  has(name: string): boolean;
  /** Throws `MISSING_TENSOR`. */
  shape(name: string): readonly number[];
  /** Throws `MISSING_TENSOR`. */
  dtype(name: string): Dtype;
  /**
   * A tensor as float32, row by row. Views the file's bytes where the tensor is F32 and aligned to 4
   * bytes, else copies; F16 and BF16 are widened exactly. Throws `MISSING_TENSOR`, `UNSUPPORTED` for other
   * dtypes, and `BAD_SHAPE` where the shape is not `expectedShape`.
   */
  float32(name: string, expectedShape?: readonly number[]): Float32Array;
}

/**
 * Reads a safetensors file; the tensors stay views of `bytes`. `name` stands for the file in errors.
 * Throws `BAD_CHECKPOINT` for everything that the format's own reader refuses, and for keys held twice.
 */
export function parseSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const { tensors, metadata, dataStart } = readHeader(bytes, name);

  function find(tensor: string): TensorEntry {
    const entry = tensors.get(tensor);
    if (entry !== undefined) return entry;
    const near = nearestName(tensor, tensors.keys());
    const hint = near === undefined ? '' : `; the nearest name is "${near}"`;
    throw new TripartiteError('MISSING_TENSOR', `${name}: tensor "${tensor}" is missing${hint}`);
  }

  return {
    file: name,
    names: [...tensors.keys()],
    metadata,
    has: (tensor) => tensors.has(tensor),
    shape: (tensor) => find(tensor).shape,
    dtype: (tensor) => find(tensor).dtype,
    float32(tensor, expectedShape) {
      const entry = find(tensor);
      if (expectedShape !== undefined && !sameShape(entry.shape, expectedShape)) {
        throw new TripartiteError(
          'BAD_SHAPE',
          `${name}: tensor "${tensor}" has shape (${entry.shape.join(', ')}); expected (${expectedShape.join(', ')})`,
        );
      }
      const data = bytes.subarray(dataStart + entry.begin, dataStart + entry.end);
      switch (entry.dtype) {
        case 'F32': {
          const { buffer, byteOffset, length } = align(data, 4);
          return new Float32Array(buffer, byteOffset, length / 4);
        }
        case 'F16':
          return widenFloat16(halves(data));
        case 'BF16':
          return widenBfloat16(halves(data));
        default:
          throw new TripartiteError(
            'UNSUPPORTED',
            `${name}: tensor "${tensor}" is ${entry.dtype}; F32, F16 and BF16 can be read as float32`,
          );
      }
    },
  };
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, i) => side === b[i]);
}

function align(data: Uint8Array, size: number): Uint8Array {
  // Not slice: that of a Node Buffer views, and stays unaligned.
  return data.byteOffset % size === 0 ? data : new Uint8Array(data);
}

function halves(data: Uint8Array): Uint16Array {
  const { buffer, byteOffset, length } = align(data, 2);
  return new Uint16Array(buffer, byteOffset, length / 2);
}
