import { createRequire } from 'node:module';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import type { Contestant } from '../contest.js';

/** What the runtimes take: arrays with their shapes, by input. */
export type Feeds = Readonly<Record<string, { data: Float32Array; shape: readonly number[] }>>;

interface Runtime {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
}

const require = createRequire(import.meta.url);

/**
 * onnxruntime-web on WebAssembly. Its number of threads holds for a whole instance of the package, so the
 * instance of `import` has one thread and that of `require` has them all.
 */
export async function onnxruntimeWeb(
  model: Uint8Array,
  feeds: Feeds,
  threads = 1,
): Promise<Contestant> {
  const runtime =
    threads === 1
      ? ((await import('onnxruntime-web')) as unknown as Runtime)
      : (require('onnxruntime-web') as Runtime);
  runtime.env.wasm.numThreads = threads;
  return contestant('onnxruntime-web', runtime, model, feeds, { executionProviders: ['wasm'] });
}

/**
 * onnxruntime-node: native code, to see how far WebAssembly is from it. Empty where its package has no binary
 * for this machine (macOS on Intel).
 */
export async function onnxruntimeNode(
  model: Uint8Array,
  feeds: Feeds,
  threads = 1,
): Promise<Contestant[]> {
  if (process.platform === 'darwin' && process.arch === 'x64') return [];
  const runtime = require('onnxruntime-node') as Runtime;
  const options = { executionProviders: ['cpu'], intraOpNumThreads: threads };
  return [await contestant('onnxruntime-node', runtime, model, feeds, options)];
}

async function contestant(
  name: string,
  runtime: Runtime,
  model: Uint8Array,
  feeds: Feeds,
  options: InferenceSession.SessionOptions,
): Promise<Contestant> {
  const session = await runtime.InferenceSession.create(model, {
    graphOptimizationLevel: 'all',
    ...options,
  });
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([input, { data, shape }]) => [
      input,
      new runtime.Tensor('float32', data, shape),
    ]),
  );
  return {
    name,
    async run() {
      await session.run(tensors);
    },
    async result() {
      const { out } = await session.run(tensors);
      return (out as Tensor).data as Float32Array;
    },
    close: () => session.release(),
  };
}
