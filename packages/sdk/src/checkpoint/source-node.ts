import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TripartiteError } from '../errors.js';
import type { ModelSource } from './model-source.js';

/** The bytes at a `file:` address, or `undefined` where there is no file. */
export async function readUrl(url: URL): Promise<Uint8Array | undefined> {
  return readIfThere(fileURLToPath(url));
}

/** The bytes of a file, or `undefined` where there is none. */
export async function readFileBytes(path: string): Promise<Uint8Array | undefined> {
  return readIfThere(path);
}

/** A folder as a source. Throws `NOT_FOUND` where it is no folder. */
export async function openFolder(path: string): Promise<ModelSource> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new TripartiteError(
      'NOT_FOUND',
      `model folder "${path}" ${found ? 'is no folder' : 'does not exist'}`,
    );
  }
  return {
    name: basename(resolve(path)),
    read: (file) => readIfThere(join(path, file)),
  };
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new TripartiteError('NOT_FOUND', `file "${path}" cannot be read: ${String(error)}`, {
      cause: error,
    });
  }
}
