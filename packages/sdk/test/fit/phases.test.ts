import { afterAll, describe, expect, it } from 'vitest';
import { type FitReport, fit } from '../../src/fit/fit.js';
import type { CheckpointStore } from '../../src/fit/phases.js';
import { digitInputs, fileHash, fitHash, numbersOf, openDigits } from './digit-fit.js';

const phases = { 'fine-tuned': 'tune', adapted: 'adapt' } as const;

describe.each(['fine-tuned', 'adapted'] as const)('a fit in two phases, %s', async (kind) => {
  const model = await openDigits();
  afterAll(() => model.close());
  const inputs = digitInputs(8);
  const settings = { kind, neurons: 5, steps: 4, tuneSteps: 4, batch: 3, rate: 0.03 } as const;
  const saved: Uint8Array[] = [];
  const reports: FitReport[] = [];
  const store = (first?: Uint8Array, pause = 1e9): CheckpointStore => ({
    pause,
    load: async () => first,
    save: async (bytes) => void saved.push(bytes),
  });
  const whole = await fit(model, inputs, {
    ...settings,
    checkpoint: store(undefined, 0),
    onProgress: (report) => reports.push(report),
  });
  const hash = fileHash(whole);
  const checkpoints = saved.splice(0);

  it('learns first, then tunes, and changes what it is to change', async () => {
    const steps = reports.flatMap(({ progress }) => (progress ? [progress] : []));
    expect(steps.map(({ phase, step }) => `${phase} ${step}`)).toEqual(
      ['learn', phases[kind]].flatMap((phase) => [1, 2, 3, 4].map((step) => `${phase} ${step}`)),
    );
    const { kind: _, tuneSteps, ...learning } = settings;
    const learned = await fit(model, inputs, learning);
    expect(numbersOf(whole)).not.toEqual(numbersOf(learned));
    expect(whole.kind).toBe(kind);
    expect(Object.keys(whole.tensors ?? {}).length > 0).toBe(kind === 'adapted');
  });

  it('goes on from the checkpoint of any step of either phase to the same file', async () => {
    expect(checkpoints).toHaveLength(8);
    for (const step of [2, 4, 5, 8]) {
      const checkpoint = store(checkpoints[step - 1]);
      expect(await fitHash(model, inputs, { ...settings, checkpoint })).toBe(hash);
    }
  });

  it('stops at its signal in either phase, keeping where it was', async () => {
    for (const stop of [4, 6]) {
      const control = new AbortController();
      let steps = 0;
      const stopped = fit(model, inputs, {
        ...settings,
        checkpoint: store(),
        signal: control.signal,
        onProgress: ({ progress }) => {
          if (progress && ++steps === stop) control.abort();
        },
      });
      await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
      const [bytes] = saved.splice(0);
      const checkpoint = store(bytes);
      expect(await fitHash(model, inputs, { ...settings, checkpoint })).toBe(hash);
    }
  });

  it('gives the same file on two threads, and leaves the model as it was', async () => {
    const threaded = await openDigits(2);
    expect(await fitHash(threaded, inputs, settings)).toBe(hash);
    threaded.close();
    expect(await fitHash(model, inputs, settings)).toBe(hash);
  });
});
