import { readFile } from 'node:fs/promises';
import type { StudyRow } from '@tripartite/sdk';
import { toJson } from '../output/json.js';
import { writeWhole } from '../write-file.js';
import type { Origin } from './origin.js';

/** What was measured so far of a study, in a file that grows unit by unit. */
export interface KeptUnits {
  known(unit: string): readonly StudyRow[] | undefined;
  /** Adds a unit; the file appears whole or not at all. */
  add(unit: string, rows: readonly StudyRow[]): Promise<void>;
  /** How many units the file held when it was opened. */
  readonly count: number;
}

/** What the file holds. */
interface Kept extends Omit<Origin, 'command' | 'versions'> {
  readonly format: string;
  readonly formatVersion: number;
  readonly tripartite: string;
  readonly units: Record<string, readonly StudyRow[]>;
}

/**
 * Opens the file of a study's units. What it holds is taken over with `resume` only, and only where model, inputs,
 * version and form are the same.
 */
export async function openUnits(
  path: string,
  { command: _, versions, ...rest }: Origin,
  resume: boolean,
): Promise<KeptUnits> {
  const head = {
    format: 'tripartite-study',
    formatVersion: 1,
    tripartite: versions.tripartite,
    ...rest,
  };
  const before = resume ? await readKept(path) : undefined;
  const same =
    before && Object.entries(head).every(([key, is]) => before[key as keyof Kept] === is);
  const units: Record<string, readonly StudyRow[]> = same ? { ...before.units } : {};
  return {
    known: (unit) => (Object.hasOwn(units, unit) ? units[unit] : undefined),
    async add(unit, rows) {
      units[unit] = rows;
      await writeWhole(path, `${toJson({ ...head, units })}\n`);
    },
    count: Object.keys(units).length,
  };
}

async function readKept(path: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Kept;
  } catch {
    // No file, or no such file as this command writes: everything is measured.
    return undefined;
  }
}
