import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { TripartiteError } from '@tripartite/sdk';
import { samplePath, samplePrefix } from './model-registry.js';

/** File endings that count as text in a folder. */
export const textExtensions = ['.txt', '.md'] as const;

/**
 * The files that a list of arguments stands for: each a file, a folder (its fitting files, sorted by name,
 * not those of folders inside it), or `sample:NAME`.
 * @throws TripartiteError NOT_FOUND where there is no such file, or a folder has no fitting one
 */
export async function expandFiles(
  option: string,
  paths: readonly string[],
  extensions: readonly string[],
): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    files.push(...(await expandOne(option, path, extensions)));
  }
  return files;
}

async function expandOne(
  option: string,
  path: string,
  extensions: readonly string[],
): Promise<string[]> {
  if (path.startsWith(samplePrefix)) return [await samplePath(path, extensions)];
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) {
    throw new TripartiteError(
      'NOT_FOUND',
      `${option} names '${path}', which does not exist; allowed is a file or a folder of files`,
    );
  }
  if (!status.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const fitting = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => extensions.includes(extname(name).toLowerCase()))
    .sort((a, b) => (a < b ? -1 : 1));
  if (fitting.length > 0) return fitting.map((name) => join(path, name));
  throw new TripartiteError(
    'NOT_FOUND',
    `${option} names the folder '${path}', which has no fitting file; allowed in it: ${extensions.join(', ')}`,
  );
}
