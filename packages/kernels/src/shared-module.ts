/** Number of a module's import section (WebAssembly core specification 2.0, 5.5.5). */
const importSection = 2;
/** Kind of an import that is a memory. */
const memoryKind = 2;
/** Limits with a maximum: of memory of one thread's own, and of shared memory. */
const unshared = 1;
const shared = 3;

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** Reads a module's bytes in order; every read checks that they do not end too soon. */
interface Reader {
  readonly at: number;
  byte(): number;
  /** An unsigned LEB128 number of at most 32 bits. */
  number(): number;
  skip(count: number): void;
}

function createReader(bytes: Uint8Array, start: number, end: number): Reader {
  let at = start;
  const byte = (): number => {
    const value = at < end ? bytes[at] : undefined;
    if (value === undefined) throw new Error('not a kernel module: its bytes end too soon');
    at += 1;
    return value;
  };
  return {
    get at() {
      return at;
    },
    byte,
    number() {
      let value = 0;
      for (let shift = 0; shift < 35; shift += 7) {
        const part = byte();
        value += (part & 127) * 2 ** shift;
        if (part < 128) return value;
      }
      throw new Error('not a kernel module: a number in it is too long');
    },
    skip(count) {
      if (count > end - at) throw new Error('not a kernel module: its bytes end too soon');
      at += count;
    },
  };
}

/** Where the flags of the imported memory's limits stand. The kernels import nothing but memory. */
function findMemoryFlags(bytes: Uint8Array): number {
  if (!header.every((value, i) => bytes[i] === value)) {
    throw new Error('not a kernel module: it does not begin as WebAssembly does');
  }
  const sections = createReader(bytes, header.length, bytes.length);
  while (sections.at < bytes.length) {
    const id = sections.byte();
    const size = sections.number();
    const start = sections.at;
    sections.skip(size);
    if (id !== importSection) continue;
    const imports = createReader(bytes, start, start + size);
    const count = imports.number();
    imports.skip(imports.number());
    imports.skip(imports.number());
    const kind = imports.byte();
    if (count !== 1 || kind !== memoryKind) {
      throw new Error('not a kernel module: it imports more, or other, than one memory');
    }
    return imports.at;
  }
  throw new Error('not a kernel module: it imports no memory');
}

/**
 * Copies a kernel module and lets the copy import shared memory: one flag differs. Code without atomic
 * instructions is valid with either memory, so that threads need no builds of their own. Throws an `Error`
 * for bytes that are no module, or one that does not import exactly one unshared memory with a maximum.
 */
export function shareMemory(module: BufferSource): Uint8Array<ArrayBuffer> {
  const bytes = ArrayBuffer.isView(module)
    ? new Uint8Array(module.buffer, module.byteOffset, module.byteLength).slice()
    : new Uint8Array(module.slice(0));
  const at = findMemoryFlags(bytes);
  if (bytes[at] !== unshared) {
    throw new Error(
      `not a kernel module: its memory has limits of kind ${bytes[at]}; ${unshared}, unshared with a maximum, is allowed`,
    );
  }
  bytes[at] = shared;
  return bytes;
}
