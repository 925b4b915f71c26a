import type { FitReport } from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import { formatDuration } from '../src/output/duration.js';
import { createFitProgress } from '../src/output/fit-progress.js';
import { createNotes } from '../src/output/progress.js';

it('says durations as people do', () => {
  const second = 1000;
  const minute = 60 * second;
  for (const [milliseconds, words] of [
    [0, '1 s'],
    [1499, '1 s'],
    [99 * second, '99 s'],
    [100 * second, '2 min'],
    [59.4 * minute, '59 min'],
    [99 * minute, '99 min'],
    [100 * minute, '1 h 40 min'],
    [125.2 * minute, '2 h 05 min'],
    [179.9 * minute, '3 h 00 min'],
  ] as const) {
    expect(formatDuration(milliseconds)).toBe(words);
  }
});

describe('the progress of a fit', () => {
  /** A view on a stream that keeps what is written to it, and the clock, in ms. */
  function watch({ isTTY = false, quiet = false, kind = 'learned' } = {}) {
    let written = '';
    const stream = {
      isTTY,
      columns: 200,
      write: (text: string) => {
        written += text;
        return true;
      },
    };
    const time = { now: 0 };
    const notes = createNotes(quiet, stream, {});
    const clock = () => time.now;
    const view = createFitProgress(notes, { quiet, kind, stream, clock });
    return { view, notes, time, text: () => written };
  }

  const report = (step: number, measured: readonly number[] = [], phase = 'learn'): FitReport => ({
    what: phase,
    progress: {
      phase,
      step,
      steps: 100,
      loss: 2 / step,
      history: measured.map((at) => ({ step: at, loss: 3 / at })),
    },
  });

  it('is a line at each measurement without a terminal, with the time left', () => {
    const { view, notes, time, text } = watch();
    notes.note('a model was chosen');
    view.report({ what: 'reading input 8 of 20' });
    expect(text()).toBe('');
    view.report(report(9));
    view.report(report(10, [10]));
    expect(text()).toBe(
      'a model was chosen\nlearning: step 10 of 100, loss 0.200, held out 0.300\n',
    );
    // Four seconds for ten steps: 79 more take 31.6 s, but the line before is too near.
    time.now = 4000;
    view.report(report(20, [10, 20]));
    time.now = 6000;
    view.report(report(24, [10, 20]));
    expect(text().trimEnd().split('\n')).toHaveLength(2);
    view.report(report(30, [10, 20, 30]));
    expect(text().trimEnd().split('\n').at(-1)).toBe(
      'learning: step 30 of 100, loss 0.067, held out 0.100, 20 s left',
    );
    // Half a minute without a measurement.
    time.now = 36_500;
    view.report(report(31, [10, 20, 30]));
    expect(text()).toContain('step 31 of 100');
    // The end is always said.
    view.report(report(100, [10, 20, 30, 100]));
    expect(text().trimEnd().split('\n').at(-1)).toMatch(
      /^learning: step 100 of 100.*held out 0.030$/,
    );
    expect(view.course).toEqual({ steps: { learn: 100 }, heldOutLoss: { learn: 0.03 } });
  });

  it('is a bar on a terminal, and nothing where it is to be quiet', () => {
    const { view, text } = watch({ isTTY: true });
    view.report(report(50, [50]));
    expect(text()).toMatch(/^\r━+─+ +50 % {2}learning: step 50 of 100, loss 0.040, held out 0.060/);
    expect(text()).not.toContain('\n');
    const silent = watch({ quiet: true });
    silent.view.report(report(50, [50]));
    expect(silent.text()).toBe('');
    expect(silent.view.course.steps).toEqual({ learn: 50 });
  });

  it('counts the time left of a fit that goes on from where it goes on', () => {
    const { view, time, text } = watch();
    view.report(report(80));
    time.now = 10_000;
    view.report(report(90, [90]));
    expect(text()).toContain('step 90 of 100, loss 0.022, held out 0.033, 10 s left');
  });

  it('keeps the steps and losses of each phase, and says what comes after the first', () => {
    const { view, time, text } = watch({ kind: 'fine-tuned' });
    view.report(report(10));
    time.now = 10_000;
    view.report(report(20, [20]));
    expect(text()).toContain(
      'learning: step 20 of 100, loss 0.100, held out 0.150, 80 s left, then fine-tuning\n',
    );
    view.report(report(100, [20, 100]));
    view.report(report(7, [], 'tune'));
    time.now = 20_000;
    view.report(report(17, [17], 'tune'));
    expect(text()).toContain(
      'fine-tuning: step 17 of 100, loss 0.118, held out 0.176, 83 s left\n',
    );
    expect(view.course).toEqual({
      steps: { learn: 100, tune: 17 },
      heldOutLoss: { learn: 0.03, tune: 3 / 17 },
    });
  });
});
