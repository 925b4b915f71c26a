import { TripartiteError } from '../errors.js';
import type { ModelSource } from './model-source.js';

/** The bytes at an address, or `undefined` where there is no file. */
export async function readUrl(url: URL): Promise<Uint8Array | undefined> {
  const response = await fetch(url);
  if (response.status === 404) return undefined;
  if (!response.ok) {
    throw new TripartiteError('NOT_FOUND', `file ${url} cannot be read: HTTP ${response.status}`);
  }
  return new Uint8Array(await response.arrayBuffer());
}

/** Paths exist in Node only: always throws `UNSUPPORTED`. */
export async function readFileBytes(path: string): Promise<Uint8Array | undefined> {
  throw new TripartiteError(
    'UNSUPPORTED',
    `file "${path}" cannot be opened in a browser; pass a URL, a Blob or bytes`,
  );
}

/** Folders exist in Node only: always throws `UNSUPPORTED`. */
export async function openFolder(path: string): Promise<ModelSource> {
  throw new TripartiteError(
    'UNSUPPORTED',
    `model folder "${path}" cannot be opened in a browser; pass a ModelPackage or a ModelSource`,
  );
}
