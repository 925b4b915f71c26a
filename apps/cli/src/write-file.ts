import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { access, constants, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TripartiteError } from '@tripartite/sdk';

/** Files that are being written now, under their temporary names. */
const temporaries = new Set<string>();

/** Codes by which shells know a process that a signal ended. */
const signals = { SIGINT: 130, SIGTERM: 143 } as const;

// Listened to only while a file is being written: a listener waits for the event loop, so that at any other
// time a long computation could not be interrupted.
function listen(): void {
  for (const name of Object.keys(signals)) process.on(name, stop);
}

function unlisten(): void {
  for (const name of Object.keys(signals)) process.off(name, stop);
}

function stop(name: keyof typeof signals): void {
  removeTemporaries();
  process.exit(signals[name]);
}

/**
 * Writes a file so that it appears whole or not at all: under a temporary name in the same folder, synced
 * to disk, then renamed. A file of that name is replaced. The temporary is removed on failure.
 * @throws Error naming the file and the reason
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await withTemporary(path, async (temporary) => {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  });
}

/** Bytes that are written at once where only their number matters. */
const piece = new Uint8Array(2 ** 20);

/**
 * Writes `bytes` bytes where `path` is to stand, to disk, and removes them: so that a full disk is known before hours
 * of work.
 * @throws Error naming the file and the reason
 */
export async function tryRoom(path: string, bytes: number): Promise<void> {
  await withTemporary(path, async (temporary) => {
    const file = await open(temporary, 'wx');
    try {
      for (let left = bytes; left > 0; left -= piece.length) {
        await file.writeFile(piece.subarray(0, Math.min(left, piece.length)));
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rm(temporary);
  });
}

/**
 * Removes what processes that were killed left half written of a file. No other process may be writing it.
 */
export async function removeHalfWritten(path: string): Promise<void> {
  const [start, end] = [`.${basename(path)}.`, '.tmp'];
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(start) || !name.endsWith(end)) continue;
    const middle = name.slice(start.length, -end.length);
    if (/^[0-9a-f-]{36}$/.test(middle)) await rm(join(dirname(path), name), { force: true });
  }
}

/** Gives `work` a name to write to, beside `path`, and sees that nothing is left of it on failure. */
async function withTemporary(
  path: string,
  work: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  if (temporaries.size === 0) listen();
  temporaries.add(temporary);
  try {
    await work(temporary);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new Error(`file '${path}' could not be written: ${reasonOf(error)}`, { cause: error });
  } finally {
    temporaries.delete(temporary);
    if (temporaries.size === 0) unlisten();
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of disk space is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOENT: 'its folder does not take files',
};

/** What a failed write means, without the temporary name that nobody asked for. */
function reasonOf(error: unknown): string {
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  return reasons[code] ?? message;
}

/** Removes what is half written; synchronous, for a process that is being stopped. */
export function removeTemporaries(): void {
  for (const path of temporaries) rmSync(path, { force: true });
  temporaries.clear();
}

/**
 * Checks, before anything is computed, that a file can be written where an option says.
 * @returns the absolute path
 * @throws TripartiteError NOT_FOUND (no such folder), BAD_INPUT (a folder's name, or not writable)
 */
export async function checkFileTarget(option: string, path: string): Promise<string> {
  const target = resolve(nonEmpty(option, path));
  const folder = dirname(target);
  await checkFolder(option, folder);
  if ((await kindOf(target)) === 'folder') {
    throw new TripartiteError('BAD_INPUT', `${option} is '${path}', a folder; allowed is a file`);
  }
  return target;
}

/**
 * Checks, before anything is computed, that a folder exists or can be made in one that exists.
 * @returns the absolute path
 * @throws TripartiteError NOT_FOUND, BAD_INPUT
 */
export async function checkFolderTarget(option: string, path: string): Promise<string> {
  const target = resolve(nonEmpty(option, path));
  const kind = await kindOf(target);
  if (kind === 'file') {
    throw new TripartiteError('BAD_INPUT', `${option} is '${path}', a file; allowed is a folder`);
  }
  await checkFolder(option, kind === 'folder' ? target : dirname(target));
  return target;
}

/** Makes a folder that `checkFolderTarget` has allowed. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}

async function checkFolder(option: string, folder: string): Promise<void> {
  if ((await kindOf(folder)) !== 'folder') {
    throw new TripartiteError(
      'NOT_FOUND',
      `${option} goes into '${folder}', which does not exist; allowed is a folder that exists`,
    );
  }
  try {
    await access(folder, constants.W_OK);
  } catch {
    throw new TripartiteError(
      'BAD_INPUT',
      `${option} goes into '${folder}', which cannot be written to; allowed is a writable folder`,
    );
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'nothing';
  }
}

function nonEmpty(option: string, path: string): string {
  if (path !== '') return path;
  throw new TripartiteError('BAD_INPUT', `${option} is ''; allowed is a path`);
}
