import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { platform } from '#platform';
import type { Contestant } from '../contest.js';
import type { Runtime } from '../platform/platform.js';

/** What the runtimes take: arrays with their shapes, by input. */
export type Feeds = Readonly<Record<string, { data: Float32Array; shape: readonly number[] }>>;

/** onnxruntime-web on WebAssembly. */
export async function onnxruntimeWeb(
  model: Uint8Array,
  feeds: Feeds,
  threads = 1,
): Promise<Contestant> {
  const runtime = await platform.onnxruntimeWeb(threads);
  runtime.env.wasm.numThreads = threads;
  return contestant('onnxruntime-web', runtime, model, feeds, { executionProviders: ['wasm'] });
}

/** onnxruntime-node: native code, to see how far WebAssembly is from it. Empty where there is none. */
export async function onnxruntimeNode(
  model: Uint8Array,
  feeds: Feeds,
  threads = 1,
): Promise<Contestant[]> {
  const runtime = platform.onnxruntimeNode();
  if (!runtime) return [];
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
