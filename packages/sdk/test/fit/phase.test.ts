import { describe, expect, it } from 'vitest';
import { hasSettled, type Phase, runPhase } from '../../src/fit/phase.js';

const phase = (given: Partial<Phase>): Phase => ({
  name: 'learn',
  steps: 60,
  from: 0,
  history: [],
  step: async () => 1,
  measure: () => 1,
  ...given,
});

describe('a phase of a fit', () => {
  it('takes its steps in order and measures thirty times, at the end too', async () => {
    const taken: number[] = [];
    let loss = 100;
    const history = await runPhase(
      phase({
        steps: 95,
        step: async (step) => taken.push(step),
        measure: () => loss--,
      }),
    );
    expect(taken).toEqual(Array.from({ length: 95 }, (_, i) => i));
    expect(history.map(({ step }) => step)).toEqual([
      ...Array.from({ length: 31 }, (_, i) => 3 * (i + 1)),
      95,
    ]);
  });

  it('ends once the held-out loss has stopped falling, but not in its first half', async () => {
    // Falls until step 40 and rests there.
    let last = 0;
    const history = await runPhase(
      phase({
        steps: 60,
        step: async (step) => {
          last = step + 1;
          return 1;
        },
        measure: () => 100 - Math.min(last, 40),
      }),
    );
    expect(last).toBeLessThan(60);
    expect(last).toBeGreaterThan(40);
    expect(history.at(-1)).toEqual({ step: last, loss: 60 });
    const resting = await runPhase(phase({ steps: 60 }));
    expect(resting.at(-1)?.step).toBeGreaterThan(30);
    expect(resting.at(-1)?.step).toBeLessThan(60);
  });

  it('has not settled while the loss falls by a thousandth in five measurements', () => {
    const falling = (rate: number) =>
      Array.from({ length: 20 }, (_, i) => ({ step: 100 + i, loss: (1 - rate) ** i }));
    expect(hasSettled(falling(2.5e-4), 100)).toBe(false);
    expect(hasSettled(falling(1.5e-4), 100)).toBe(true);
    expect(hasSettled(falling(0).slice(0, 5), 100)).toBe(false);
    expect(hasSettled(falling(0), 1000)).toBe(false);
  });

  it('goes on where it was, with the losses measured before', async () => {
    const before = [{ step: 2, loss: 5 }];
    const history = await runPhase(phase({ from: 57, history: before, measure: () => 4 }));
    expect(history).toEqual([
      { step: 2, loss: 5 },
      { step: 58, loss: 4 },
      { step: 60, loss: 4 },
    ]);
    expect(before).toHaveLength(1);
  });

  it('ends with DIVERGED where a loss is no number, naming the step', async () => {
    for (const loss of [Number.NaN, Infinity]) {
      const diverging = runPhase(phase({ step: async (step) => (step === 6 ? loss : 1) }));
      await expect(diverging).rejects.toMatchObject({
        code: 'DIVERGED',
        message: expect.stringMatching(/step 7 of learn .*lower rate/),
      });
    }
  });

  it('stops between steps once its signal has fired', async () => {
    const control = new AbortController();
    let taken = 0;
    const stopped = runPhase(
      phase({
        signal: control.signal,
        step: async () => ++taken,
        onStep: ({ step }) => {
          if (step === 4) control.abort();
        },
      }),
    );
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(taken).toBe(4);
  });
});
