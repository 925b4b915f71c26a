/** A message of Protocol Buffers under construction: its fields in order, already encoded. */
export type Message = readonly Uint8Array[];

const text = new TextEncoder();

/** Field `number` with a whole number ≥ 0 (wire type 0). */
export function whole(number: number, value: number): Message {
  return [varint(number * 8), varint(value)];
}

/** Field `number` with a float32 (wire type 5). */
export function float(number: number, value: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [varint(number * 8 + 5), bytes];
}

/** Field `number` with bytes, a string or a message inside (wire type 2). */
export function field(number: number, value: Uint8Array | string | Message): Message {
  const parts =
    typeof value === 'string'
      ? [text.encode(value)]
      : value instanceof Uint8Array
        ? [value]
        : value;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [varint(number * 8 + 2), varint(length), ...parts];
}

/** The message as one array of bytes. */
export function joined(message: Message): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(message.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of message) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Seven bits a byte, the lowest first; for values up to 2⁵³. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
