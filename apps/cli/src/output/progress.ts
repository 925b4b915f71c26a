import { oneLine } from './line.js';

/** What the command says beside its result, on standard error. */
export interface Notes {
  /**
   * Keeps one line about a choice made for the user, a text that was cut, a file that was written. It waits
   * for `flush`, so that bad input found later is said in one line and nothing else.
   */
  note(line: string): void;
  /** Moves the bar; drawn on a terminal only. */
  progress(fraction: number, what: string): void;
  /** Wipes the bar and prints the lines that were kept. */
  flush(): void;
}

const barWidth = 24;
const redrawAfter = 50;

/** Whether a stream is a terminal on which a bar can move. */
export function isMoving(
  stream: Pick<NodeJS.WriteStream, 'isTTY'>,
  environment: { readonly TERM?: string | undefined } = process.env,
): boolean {
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

/** Notes on standard error: none with `quiet`, a moving bar only where it is a terminal. */
export function createNotes(
  quiet: boolean,
  stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'> = process.stderr,
  environment: { readonly TERM?: string | undefined } = process.env,
): Notes {
  const moving = !quiet && isMoving(stream, environment);
  let kept: string[] = [];
  let drawn = false;
  let drawnAt = Number.NEGATIVE_INFINITY;

  return {
    note(line) {
      if (!quiet) kept.push(oneLine(line));
    },
    progress(fraction, what) {
      const now = performance.now();
      if (!moving || now - drawnAt < redrawAfter) return;
      drawnAt = now;
      drawn = true;
      stream.write(`\r${drawBar(fraction, what, stream.columns || 80)}\u001b[K`);
    },
    flush() {
      if (drawn) stream.write('\r\u001b[K');
      drawn = false;
      for (const line of kept) stream.write(`${line}\n`);
      kept = [];
    },
  };
}

/** One line: bar, per cent, what is being done, cut to the terminal's width. */
export function drawBar(fraction: number, what: string, columns: number): string {
  const share = Math.min(1, Math.max(0, fraction));
  const full = Math.round(share * barWidth);
  const bar = '━'.repeat(full) + '─'.repeat(barWidth - full);
  const line = `${bar} ${String(Math.round(100 * share)).padStart(3)} %  ${oneLine(what)}`;
  return line.slice(0, Math.max(0, columns - 1));
}
