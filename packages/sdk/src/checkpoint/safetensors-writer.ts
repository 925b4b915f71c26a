import { TripartiteError } from '../errors.js';
import { type Dtype, dtypeBits } from './safetensors-header.js';

/** A tensor to be written: float32 numbers, or the raw little-endian bytes of another dtype. */
export type TensorData =
  | { readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly shape: readonly number[]; readonly data: Uint8Array; readonly dtype: Dtype };

/**
 * Copies tensors into the bytes of a safetensors file. The same tensors give the same bytes: sorted as the
 * format's own writer does (widest dtype first, then by name), metadata by key, the header padded with
 * spaces to 8 bytes. Throws `BAD_SHAPE` where data and shape do not fit, `BAD_INPUT` for a tensor called
 * `__metadata__`.
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorData>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const rank = Object.keys(dtypeBits);
  const sorted = Object.entries(tensors)
    .map(([name, tensor]) => describe(name, tensor))
    .sort((a, b) => rank.indexOf(b.dtype) - rank.indexOf(a.dtype) || (a.name < b.name ? -1 : 1));
  const keys = Object.keys(metadata).sort();
  const fields: string[] = [];
  if (keys.length > 0) {
    const pairs = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
    fields.push(`"__metadata__":{${pairs.join(',')}}`);
  }
  let size = 0;
  for (const { name, dtype, shape, bytes } of sorted) {
    const entry = { dtype, shape, data_offsets: [size, size + bytes.length] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    size += bytes.length;
  }
  const header = new TextEncoder().encode(`{${fields.join(',')}}`);
  const padded = Math.ceil(header.length / 8) * 8;
  const out = new Uint8Array(8 + padded + size);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.fill(0x20, 8 + header.length, 8 + padded);
  out.set(header, 8);
  let at = 8 + padded;
  for (const { bytes } of sorted) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

function describe(name: string, tensor: TensorData) {
  if (name === '__metadata__') {
    throw new TripartiteError('BAD_INPUT', 'tensor is called "__metadata__"; the name is reserved');
  }
  const { data, shape } = tensor;
  const dtype: Dtype = 'dtype' in tensor ? tensor.dtype : 'F32';
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const needed = shape.reduce((n, side) => n * side, dtypeBits[dtype]) / 8;
  if (bytes.length !== needed) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `tensor "${name}" has ${bytes.length} bytes; ${dtype} of shape (${shape.join(', ')}) needs ${needed}`,
    );
  }
  return { name, dtype, shape, bytes };
}
