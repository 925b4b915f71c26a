import type { Platform, Runtime } from './platform.js';

/** Where the page's server has the files of the peers. */
const peers = new URL('/peers/', globalThis.location.origin);

/** A worker of the page: peers' files come from the same server, and every entry has a worker of its own. */
export const platform: Platform = {
  async readBytes(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} cannot be read: HTTP ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },
  originalUseLite: () => new URL('use-lite/model.json', peers),
  async onnxruntimeWeb() {
    const runtime = (await import('onnxruntime-web/wasm')) as unknown as Runtime;
    runtime.env.wasm.wasmPaths = new URL('onnxruntime-web/', peers).href;
    return runtime;
  },
  onnxruntimeNode: () => undefined,
  tensorflowFiles: new URL('tensorflow/', peers).href,
  plainMemory: () => import('../works/plain-memory.js'),
};
