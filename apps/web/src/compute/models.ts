import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import {
  type Engine,
  loadModel,
  type Model,
  type ModelPackage,
  type ModelSource,
  openEngine,
  TripartiteError,
} from '@tripartite/sdk';
import type { ModelName, Progress } from './messages.js';

const packages: Record<ModelName, ModelPackage> = {
  'use-lite': useLite,
  'photo-mae': photoMae,
  'vit-digits': vitDigits,
};

/** How much has come of how much, in the unit of the whole. */
function describeSize(read: number, total: number | null): string {
  const [unit, name, digits] =
    (total ?? read) < 1e6 ? ([1e3, 'kB', 0] as const) : ([1e6, 'MB', 1] as const);
  const of = total === null ? '' : ` of ${(total / unit).toFixed(digits)}`;
  return `${(read / unit).toFixed(digits)}${of} ${name}`;
}

/** Reads a body piece by piece, so that its progress can be told. */
async function readBody(
  response: Response,
  onBytes: (read: number, of: number | null) => void,
): Promise<Uint8Array> {
  const length = Number(response.headers.get('content-length'));
  const total = length > 0 && !response.headers.has('content-encoding') ? length : null;
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array(await response.arrayBuffer());
  const parts: Uint8Array[] = [];
  let read = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    read += part.value.length;
    onBytes(read, total);
  }
  const bytes = new Uint8Array(read);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What is being loaded, in words: the model itself, or a fitted layer of it. */
function nameOf(file: string, model: string): string {
  const fitted = /^hidden\/(.+)\.safetensors$/.exec(file)?.[1];
  return fitted === undefined ? model : `${fitted} of ${model}`;
}

function unreadable(file: string, model: string, why: string): TripartiteError {
  return new TripartiteError(
    'NOT_FOUND',
    `${file} of ${model} cannot be read: ${why}; reload the page to try again`,
  );
}

function packageSource(pkg: ModelPackage, onProgress: (progress: Progress) => void): ModelSource {
  const read = new Set<string>();
  return {
    name: pkg.name,
    async read(file) {
      const url = pkg.files[file];
      if (!url) return undefined;
      // Weights are read again to be hashed: what came once is not sent again.
      const cache = read.has(file) ? 'force-cache' : 'default';
      const response = await fetch(url, { cache }).catch(() => {
        throw unreadable(file, pkg.name, 'no connection');
      });
      if (response.status === 404) return undefined;
      if (!response.ok) throw unreadable(file, pkg.name, `HTTP ${response.status}`);
      read.add(file);
      if (!file.endsWith('.safetensors')) return new Uint8Array(await response.arrayBuffer());
      const name = nameOf(file, pkg.name);
      return readBody(response, (bytes, total) => {
        onProgress({
          fraction: total === null ? null : bytes / total,
          what: `Loading ${name}: ${describeSize(bytes, total)}`,
        });
      });
    },
  };
}

/** The models that this page brings are too small to gain from more. */
const mostThreads = 4;

/**
 * Opens the engine that all models of a build share: a thread for each core, at most four, where the page is
 * cross-origin isolated; else one, as where threads do not start.
 */
function startEngine(fast: boolean): Promise<Engine> {
  const threads = Math.min(navigator.hardwareConcurrency, mostThreads);
  return openEngine({ threads, fast }).catch(() => openEngine({ fast }));
}

/** Values by key, each made when first asked for and then kept; what failed is tried again the next time. */
function keep<K, V>(make: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const made = new Map<K, Promise<V>>();
  return (key) => {
    const known = made.get(key);
    if (known) return known;
    const value = make(key);
    made.set(key, value);
    value.catch(() => made.delete(key));
    return value;
  };
}

/**
 * Models by name, each loaded when first asked for and then kept, once for each build. `onProgress` is told what a
 * load is doing; a load that failed is tried again the next time.
 */
export function createModels(
  onProgress: (model: ModelName, progress: Progress) => void,
): (name: ModelName, fast: boolean) => Promise<Model> {
  const engineOf = keep(startEngine);
  const load = async (name: ModelName, fast: boolean) => {
    onProgress(name, { fraction: null, what: `Loading ${name}` });
    const source = packageSource(packages[name], (progress) => onProgress(name, progress));
    return loadModel(source, { engine: await engineOf(fast) });
  };
  const plain = keep((name: ModelName) => load(name, false));
  const fastest = keep((name: ModelName) => load(name, true));
  return (name, fast) => (fast ? fastest(name) : plain(name));
}
