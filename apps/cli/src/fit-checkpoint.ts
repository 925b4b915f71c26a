import { readFile, rm } from 'node:fs/promises';
import { type CheckpointStore, type ErrorCode, TripartiteError } from '@tripartite/sdk';
import { oneLine } from './output/line.js';
import type { Notes } from './output/progress.js';
import { removeHalfWritten, writeWhole } from './write-file.js';

/** The checkpoint of a fit as a file. */
export interface CheckpointFile extends CheckpointStore {
  readonly path: string;
  /** Whether there is one that this fit has read or written. */
  readonly exists: boolean;
  /** Removes it, and what was left half written of it. */
  remove(): Promise<void>;
  /** The error to throw for one that `fit` threw after `steps` steps: it names the file where that is to blame. */
  explain(error: unknown, steps: number): unknown;
}

/** What `fit` throws for a checkpoint that it cannot use. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'BAD_CHECKPOINT',
  'BAD_INPUT',
  'BAD_SHAPE',
  'MISSING_TENSOR',
]);

/** Milliseconds between two checkpoints: as many as keep it to 250 kB a second, which spares disks, within bounds. */
const [shortestPause, longestPause, bytesPerMillisecond] = [500, 60_000, 250];

/** Keeps the checkpoint of a fit beside its output. One that cannot be written is a note, not the end of the fit. */
export function checkpointFile(output: string, notes: Notes): CheckpointFile {
  const path = `${output}.checkpoint`;
  let loaded = false;
  let saved = false;
  let warned = false;
  let pause = shortestPause;
  return {
    path,
    get pause() {
      return pause;
    },
    get exists() {
      return loaded || saved;
    },
    async load() {
      const bytes = await readFile(path).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      });
      loaded = bytes !== undefined;
      if (loaded) notes.note(`going on from the checkpoint ${path}`);
      return bytes;
    },
    async save(bytes) {
      const spared = bytes.length / bytesPerMillisecond;
      pause = Math.min(longestPause, Math.max(shortestPause, spared));
      try {
        await writeWhole(path, bytes);
        saved = true;
      } catch (error) {
        if (warned) return;
        warned = true;
        notes.note(`${error instanceof Error ? error.message : error}; the fit goes on without`);
        notes.flush();
      }
    },
    async remove() {
      await rm(path, { force: true });
      await removeHalfWritten(path);
    },
    explain(error, steps) {
      const own = error instanceof TripartiteError && refusals.has(error.code);
      if (!own || !loaded || steps > 0) return error;
      return new TripartiteError(
        error.code,
        `'${path}': ${oneLine(error.message)} (or rename it, or give another --out)`,
        { cause: error },
      );
    },
  };
}
