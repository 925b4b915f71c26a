import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import digits from '@tripartite/model-vit-digits';
import {
  encodeHidden,
  type FittedHidden,
  hiddenLayer,
  loadModel,
  type Model,
  type ModelSource,
  type WeightedLayer,
} from '@tripartite/sdk';
import { build, type Plugin } from 'vite';
import { openSite, type Site } from '../browser.js';

/** Draws of `matched` with a seed that the page does not use, as a layer that was fitted. */
async function fitDigits(model: Model, neurons: number): Promise<FittedHidden> {
  const { layers } = await model.statistics();
  return {
    ...{ kind: 'learned', neurons, shared: false, model: model.name },
    modelHash: await model.weightsHash(),
    ...{ dataHash: 'a'.repeat(64), inputs: 7, seed: 9, settings: {}, quality: {} },
    layers: layers.map((heads, layer) =>
      heads.map((statistics, head) => {
        const place = { width: statistics.queryMean.length, seed: 9, stream: [layer, head] };
        return hiddenLayer({ neurons, statistics, ...place }) as WeightedLayer;
      }),
    ),
  };
}

/** Half of a fitted layer at once, the rest a little later, so that its loading can be watched. */
const slowLayers: Plugin = {
  name: 'slow-layers',
  configurePreviewServer({ middlewares, config }) {
    middlewares.use(async (request, response, next) => {
      const name = /\/(fitted\/learned-16\.safetensors)$/.exec(request.url ?? '')?.[1];
      if (name === undefined) return next();
      const bytes = await readFile(join(config.build.outDir, name));
      response.writeHead(200, { 'Content-Length': bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2));
      setTimeout(() => response.end(bytes.subarray(bytes.length / 2)), 700);
    });
  },
};

/** A page whose digits' model brings fitted layers of 16 and 64 neurons, and the same model for Node. */
export interface FittedSite extends Site {
  readonly source: ModelSource;
}

/** Builds that page, serves it, and starts Chromium. */
export async function openFittedSite(): Promise<FittedSite> {
  const outDir = mkdtempSync(join(tmpdir(), 'tripartite-fitted-'));
  const root = join(import.meta.dirname, '../..');
  const find = /^@tripartite\/model-vit-digits$/;
  const alias = [{ find, replacement: join(import.meta.dirname, 'digits.ts') }];
  const own = { logLevel: 'error' as const, root, build: { outDir, emptyOutDir: true } };
  await build({ ...own, configFile: join(root, 'vite.config.ts'), resolve: { alias } });

  const model = await loadModel(digits);
  const layers = await Promise.all([16, 64].map((neurons) => fitDigits(model, neurons)));
  const index = layers.map(({ kind, neurons, shared }) => {
    return { file: `hidden/${kind}-${neurons}.safetensors`, kind, neurons, shared };
  });
  const files = new Map<string, Uint8Array>([
    ['hidden/index.json', new TextEncoder().encode(JSON.stringify(index))],
    ...layers.map((layer, i): [string, Uint8Array] => [index[i]?.file ?? '', encodeHidden(layer)]),
  ]);
  mkdirSync(join(outDir, 'fitted'));
  for (const [name, bytes] of files) {
    writeFileSync(join(outDir, name.replace('hidden', 'fitted')), bytes);
  }
  const site = await openSite({ ...own, plugins: [slowLayers] });
  return {
    ...site,
    source: {
      name: digits.name,
      async read(file) {
        const url = Object.entries(digits.files).find(([name]) => name === file)?.[1];
        if (file.startsWith('hidden/')) return files.get(file);
        return url && new Uint8Array(await readFile(url));
      },
    },
    async close() {
      await site.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}
