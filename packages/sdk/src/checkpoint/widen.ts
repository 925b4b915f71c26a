/**
 * Copies IEEE 754 half-precision numbers (bit patterns) to float32, exactly: subnormals, signed zeros,
 * infinities, and the payload of NaNs.
 */
export function widenFloat16(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  const bits = new Uint32Array(out.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) {
      // Zero and subnormals: fraction × 2⁻²⁴.
      out[i] = (sign === 0 ? fraction : -fraction) * 2 ** -24;
    } else {
      // The exponent's bias is 15 here and 127 there; all ones stays all ones.
      const wide = exponent === 0x1f ? 0xff : exponent + 112;
      bits[i] = sign | (wide << 23) | (fraction << 13);
    }
  }
  return out;
}

/** Copies bfloat16 numbers (bit patterns) to float32, exactly: they are its upper halves. */
export function widenBfloat16(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  const bits = new Uint32Array(out.buffer);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  return out;
}
