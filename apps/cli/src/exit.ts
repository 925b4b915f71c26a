import { TripartiteError } from '@tripartite/sdk';
import { CommanderError } from 'commander';
import { oneLine } from './output/line.js';

/** Codes of the process: 0 done, 1 failed, 2 bad input, 130 interrupted. */
export interface Ending {
  readonly code: number;
  /** What standard error says: one line, or nothing. */
  readonly line?: string;
}

/** Failures that are nobody's bad input. */
const ownFailures: ReadonlySet<string> = new Set(['OUT_OF_MEMORY', 'ABORTED', 'DIVERGED']);

/** How the process ends after an error: bad input 2, other failures 1, each with one line. */
export function endingOf(error: unknown): Ending {
  if (error instanceof CommanderError) {
    // Help and version arrive as errors too, with their text already printed.
    if (error.exitCode === 0) return { code: 0 };
    const text = error.message.replace(/^error: /, '');
    return { code: 2, line: oneLine(`${text}; 'tripartite --help' shows what is allowed`) };
  }
  if (error instanceof TripartiteError) {
    return { code: ownFailures.has(error.code) ? 1 : 2, line: oneLine(error.message) };
  }
  const text = error instanceof Error ? error.message || error.name : String(error);
  return { code: 1, line: oneLine(`${text} (TRIPARTITE_DEBUG=1 shows where)`) };
}

/** True where the reader of standard output went away (`| head`), which is no failure. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
