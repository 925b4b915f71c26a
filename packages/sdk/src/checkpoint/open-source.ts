import { openFolder, readUrl } from '#source';
import { TripartiteError } from '../errors.js';
import type { ModelPackage, ModelSource } from './model-source.js';

/**
 * One interface over a package's addresses, a folder (Node only) and a source of the user's own. Throws
 * `NOT_FOUND` for a folder that does not exist, `BAD_INPUT` for what is none of them.
 */
export async function openSource(from: ModelSource | ModelPackage | string): Promise<ModelSource> {
  if (typeof from === 'string') return openFolder(from);
  if (typeof from !== 'object' || from === null || !('read' in from || 'files' in from)) {
    throw new TripartiteError(
      'BAD_INPUT',
      `model source is ${String(from)}; a model package, a folder or a source of your own is allowed`,
    );
  }
  if ('read' in from) return from;
  const { name, files } = from;
  return {
    name,
    async read(file) {
      const url = files[file];
      return url && readUrl(url);
    },
  };
}

/** A file that must be there. Throws `BAD_CHECKPOINT` where it is not. */
export async function readRequired(source: ModelSource, file: string): Promise<Uint8Array> {
  const bytes = await source.read(file);
  if (bytes) return bytes;
  throw new TripartiteError(
    'BAD_CHECKPOINT',
    `${source.name} has no ${file}; a model needs config.json and model.safetensors`,
  );
}

/** A JSON file that must be there. Throws `BAD_CHECKPOINT` where it is missing or no JSON. */
export async function readJson(source: ModelSource, file: string): Promise<unknown> {
  const bytes = await readRequired(source, file);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TripartiteError('BAD_CHECKPOINT', `${source.name}: ${file} is no JSON`, { cause });
  }
}
