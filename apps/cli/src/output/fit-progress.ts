import type { FitReport } from '@tripartite/sdk';
import { formatDuration } from './duration.js';
import { formatNumber } from './number.js';
import { isMoving, type Notes } from './progress.js';

/** What has become of a fit so far. */
export interface FitCourse {
  /** Steps done, by the name of the phase. */
  readonly steps: Record<string, number>;
  /** The last held-out loss; absent before the first. */
  heldOut?: number;
}

/** Least milliseconds between two lines where there is no bar, and most. */
const [shortestPause, longestPause] = [5000, 30_000];
/** Milliseconds of work before the time left says anything. */
const settling = 3000;

/** Shows the course of a fit, and keeps what the summary says of it. */
export interface FitProgressView {
  report(report: FitReport): void;
  readonly course: FitCourse;
}

/**
 * On a terminal the bar of `notes`; elsewhere a line when the held-out loss was measured, but no more than one in
 * five seconds except at the end of a phase, and no fewer than one in thirty. With `quiet` nothing.
 */
export function createFitProgress(
  notes: Notes,
  quiet: boolean,
  stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> = process.stderr,
  clock: () => number = () => performance.now(),
): FitProgressView {
  const moving = isMoving(stream);
  const course: FitCourse = { steps: {} };
  let begun: { readonly at: number; readonly fraction: number } | undefined;
  let measured = 0;
  let phase = '';
  let spoken = false;
  let printed = clock();

  /** Time left, by the pace so far; empty where that says little. */
  function timeLeft(fraction: number): string {
    begun ??= { at: clock(), fraction };
    const passed = clock() - begun.at;
    const share = fraction - begun.fraction;
    if (passed < settling || !(share > 0) || fraction >= 1) return '';
    return `, ${formatDuration((passed * (1 - fraction)) / share)} left`;
  }

  return {
    course,
    report({ fraction, what, progress }) {
      if (!progress) {
        notes.progress(fraction, what);
        return;
      }
      const { step, steps, loss, history } = progress;
      const heldOut = history.at(-1)?.loss;
      course.steps[progress.phase] = step;
      if (heldOut !== undefined) course.heldOut = heldOut;
      const losses = `loss ${formatNumber(loss)}, held out ${formatNumber(heldOut)}`;
      const line = `${what}: step ${step} of ${steps}, ${losses}${timeLeft(fraction)}`;
      notes.progress(fraction, line);
      if (progress.phase !== phase) measured = 0;
      phase = progress.phase;
      const news = history.length > measured && history.at(-1)?.step === step;
      measured = history.length;
      if (quiet || moving) return;
      const silence = clock() - printed;
      const due = news
        ? silence >= shortestPause || step === steps || !spoken
        : silence >= longestPause;
      if (!due) return;
      spoken = true;
      printed = clock();
      notes.flush();
      stream.write(`${line}\n`);
    },
  };
}
