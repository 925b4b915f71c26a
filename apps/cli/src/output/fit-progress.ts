import type { FitReport } from '@tripartite/sdk';
import { formatDuration } from './duration.js';
import { formatNumber } from './number.js';
import { isMoving, type Notes } from './progress.js';

/** What has become of a fit so far, by the name of the phase. */
export interface FitCourse {
  /** Steps done. */
  readonly steps: Record<string, number>;
  /** The last held-out loss; absent before the first. */
  readonly heldOutLoss: Record<string, number>;
}

/** Phases as people call them. */
const phaseWords: Readonly<Record<string, string>> = {
  learn: 'learning',
  tune: 'fine-tuning',
  adapt: 'adapting',
};

/** The phase that follows learning, by kind. */
const nextPhases: Readonly<Record<string, string>> = {
  'fine-tuned': 'fine-tuning',
  adapted: 'adapting',
};

/** Least milliseconds between two lines where there is no bar, and most. */
const [shortestPause, longestPause] = [5000, 30_000];
/** Milliseconds of work before the time left says anything. */
const settling = 3000;

/** Shows the course of a fit, and keeps what the summary says of it. */
export interface FitProgressView {
  report(report: FitReport): void;
  readonly course: FitCourse;
}

/** Options of `createFitProgress`. */
interface ProgressOptions {
  readonly quiet: boolean;
  /** Kind of the layer that is fitted. */
  readonly kind: string;
  readonly stream?: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  /** Milliseconds since whenever. */
  readonly clock?: () => number;
}

/**
 * On a terminal the bar of `notes`, once for each phase; elsewhere a line when the held-out loss was measured, but no
 * more than one in five seconds except at the end of a phase, and no fewer than one in thirty. With `quiet` nothing.
 */
export function createFitProgress(
  notes: Notes,
  { quiet, kind, stream = process.stderr, clock = () => performance.now() }: ProgressOptions,
): FitProgressView {
  const moving = isMoving(stream);
  const course: FitCourse = { steps: {}, heldOutLoss: {} };
  let phase = '';
  let begun = { at: 0, step: 0 };
  let measured = 0;
  let spoken = false;
  let printed = clock();

  /** Time left of the phase, by its pace so far; empty where that says little. */
  function timeLeft(step: number, steps: number): string {
    const passed = clock() - begun.at;
    const done = step - begun.step;
    if (passed < settling || done < 1 || step >= steps) return '';
    const next = phase === 'learn' ? nextPhases[kind] : undefined;
    const then = next === undefined ? '' : `, then ${next}`;
    return `, ${formatDuration((passed * (steps - step)) / done)} left${then}`;
  }

  return {
    course,
    report({ what, progress }) {
      if (!progress) {
        notes.progress(0, what);
        return;
      }
      const { step, steps, loss, history } = progress;
      if (progress.phase !== phase) {
        phase = progress.phase;
        begun = { at: clock(), step };
        measured = 0;
        spoken = false;
      }
      const heldOut = history.at(-1)?.loss;
      course.steps[phase] = step;
      if (heldOut !== undefined) course.heldOutLoss[phase] = heldOut;
      const losses = `loss ${formatNumber(loss)}, held out ${formatNumber(heldOut)}`;
      const words = phaseWords[phase] ?? phase;
      const line = `${words}: step ${step} of ${steps}, ${losses}${timeLeft(step, steps)}`;
      notes.progress(step / steps, line);
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
