import { createHash } from 'node:crypto';

/** A fingerprint of an array's bytes: equal exactly where all bits are. Comparing values one by one is slow. */
export function bitsOf(array: ArrayBufferView | undefined): string {
  if (!array) return 'nothing';
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return `${array.constructor.name} ${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A copy of a result in which every typed array is its fingerprint. */
export function withBits(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return bitsOf(value);
  if (Array.isArray(value)) return value.map(withBits);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withBits(part)]));
}
