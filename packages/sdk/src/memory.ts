import { OutOfMemory } from '@tripartite/kernels';
import { TripartiteError } from './errors.js';

/** Runs `work`; where memory does not suffice it throws `OUT_OF_MEMORY`, naming `what`. */
export function withinMemory<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof OutOfMemory)) throw error;
    throw new TripartiteError('OUT_OF_MEMORY', `${what}: ${error.message}`, { cause: error });
  }
}
