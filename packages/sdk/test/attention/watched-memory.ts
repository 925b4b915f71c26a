/** What is looked at of a WebAssembly memory. */
interface Memory {
  readonly buffer: { readonly byteLength: number };
}

type MemoryClass = new (size: object) => Memory;

/** Makes something that has one WebAssembly memory of its own, such as a head, and gives hold of that memory. */
export function withMemory<T>(make: () => T): { made: T; memory: Memory } {
  const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: { Memory: MemoryClass } };
  const original = wasm.Memory;
  const memories: Memory[] = [];
  wasm.Memory = class extends original {
    constructor(size: object) {
      super(size);
      memories.push(this);
    }
  };
  try {
    const made = make();
    const [memory] = memories;
    if (!memory || memories.length > 1) throw new Error(`${memories.length} memories were made`);
    return { made, memory };
  } finally {
    wasm.Memory = original;
  }
}
