import type { InferenceSession, Tensor } from 'onnxruntime-common';

/** The parts of onnxruntime that are used: the same in all its packages. */
export interface Runtime {
  readonly env: { readonly wasm: { numThreads?: number; wasmPaths?: string } };
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
}

/** What contests need and Node and browsers give in different ways. */
export interface Platform {
  /** The bytes at an address. Throws where there is no file. */
  readBytes(url: URL): Promise<Uint8Array<ArrayBuffer>>;
  /** Address of model.json of the original USE-lite, its weights beside it. */
  originalUseLite(): URL;
  /** The instance of onnxruntime-web that has this number of threads. */
  onnxruntimeWeb(threads: number): Promise<Runtime>;
  /** onnxruntime-node; none in browsers, and where its package has no binary for this machine. */
  onnxruntimeNode(): Runtime | undefined;
  /** Folder of TensorFlow.js's WebAssembly; none: it finds it by itself. */
  readonly tensorflowFiles?: string;
  /** The module of the plain associative memory: one that has seen arrays of this width only. */
  plainMemory(width: string): Promise<typeof import('../works/plain-memory.js')>;
}
