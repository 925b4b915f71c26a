import { afterAll, describe, expect, it } from 'vitest';
import { type FitReport, fit } from '../../src/fit/fit.js';
import { divideInputs } from '../../src/fit/inputs.js';
import type { CheckpointStore } from '../../src/fit/phases.js';
import { decodeHidden } from '../../src/hidden/fitted/decode.js';
import { encodeHidden } from '../../src/hidden/fitted/encode.js';
import { digitInputs, fileHash, fitHash, numbersOf, openDigits, small } from './digit-fit.js';

describe('a fit of vit-digits', async () => {
  const model = await openDigits();
  afterAll(() => model.close());
  const inputs = digitInputs(12);
  const whole = await fit(model, inputs, small);
  const file = encodeHidden(whole);
  const hash = fileHash(whole);

  it('gives a layer for every head, and says what it was fitted to and how', () => {
    expect(
      whole.layers.map((heads) => heads.map(({ neurons, width }) => [neurons, width])),
    ).toEqual(Array(4).fill(Array(4).fill([6, 16])));
    expect(whole).toMatchObject({
      kind: 'learned',
      neurons: 6,
      shared: false,
      model: 'vit-digits',
      inputs: 12,
      seed: 1,
      settings: small,
    });
    expect(numbersOf(decodeHidden(file))).toEqual(numbersOf(whole));
  });

  it('gives the same file again, on the same model and on two threads', async () => {
    expect(await fitHash(model, inputs, small)).toBe(hash);
    const threaded = await openDigits(2);
    expect(threaded.threads).toBe(2);
    expect(await fitHash(threaded, inputs, small)).toBe(hash);
    threaded.close();
  });

  it('leaves the model’s memory as it was', async () => {
    const mark = model.kernels.arena.mark();
    await fit(model, inputs, { ...small, steps: 1 });
    expect(model.kernels.arena.mark()).toEqual(mark);
  });

  it('gives another layer for another seed, other inputs, or one φ', async () => {
    const others = await Promise.all([
      fit(model, inputs, { ...small, seed: 2 }),
      fit(model, [...inputs].reverse(), small),
      fit(model, inputs, { ...small, shared: true }),
    ]);
    expect(new Set([hash, ...others.map(fileHash)]).size).toBe(4);
    for (const { query, key } of others[2]?.layers.flat() ?? []) {
      expect(query.weights).toEqual(key.weights);
      expect(query.bias).toEqual(key.bias);
      expect(query.norm).toBe(key.norm);
    }
    expect(others[1]?.dataHash).not.toBe(whole.dataHash);
  });

  it('never fits on what it holds out', async () => {
    const settings = { ...small, heldOut: 0.4 };
    const { heldOut, training } = divideInputs(model, inputs, { seed: 1, heldOut: 0.4 });
    expect(heldOut).toHaveLength(4);
    const exchange = (number: number) =>
      inputs.map((input, at) => (at === number ? (digitInputs(20)[19] ?? input) : input));
    const first = await fit(model, inputs, settings);
    const unseen = await fit(model, exchange(heldOut[1] as number), settings);
    expect(unseen.dataHash).not.toBe(first.dataHash);
    expect(numbersOf(unseen)).toEqual(numbersOf(first));
    const seen = await fit(model, exchange(training[1] as number), settings);
    expect(numbersOf(seen)).not.toEqual(numbersOf(first));
  });

  it('goes on from the checkpoint of any step to the same file', async () => {
    const { store, saved } = recorder();
    expect(await fitHash(model, inputs, { ...small, checkpoint: store })).toBe(hash);
    expect(saved).toHaveLength(12);
    for (const step of [1, 6, 11, 12]) {
      const reports: FitReport[] = [];
      const again = await fitHash(model, inputs, {
        ...small,
        checkpoint: recorder(saved[step - 1]).store,
        onProgress: (report) => reports.push(report),
      });
      expect(again).toBe(hash);
      const steps = reports.flatMap(({ progress }) => progress?.step ?? []);
      expect(steps).toEqual(Array.from({ length: 12 - step }, (_, i) => step + 1 + i));
    }
  });

  it('stops at its signal, keeping where it was, and goes on from there to the same file', async () => {
    for (const stop of [1, 5, 11]) {
      const control = new AbortController();
      const { store, saved } = recorder(undefined, 1e9);
      const stopped = fit(model, inputs, {
        ...small,
        checkpoint: store,
        signal: control.signal,
        onProgress: ({ progress }) => {
          if (progress?.step === stop) control.abort();
        },
      });
      await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
      expect(saved).toHaveLength(1);
      const { store: next } = recorder(saved[0]);
      expect(await fitHash(model, inputs, { ...small, checkpoint: next })).toBe(hash);
    }
    const stopped = fit(model, inputs, { ...small, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('refuses the checkpoint of another fit, and what is none', async () => {
    const { store, saved } = recorder();
    await fit(model, inputs, { ...small, steps: 2, checkpoint: store });
    const from = (bytes: Uint8Array | undefined) => ({ checkpoint: recorder(bytes).store });
    for (const [other, settings] of [
      [inputs, { ...small, steps: 3 }],
      [inputs, { ...small, steps: 2, seed: 5 }],
      [inputs.slice(1), { ...small, steps: 2 }],
    ] as const) {
      await expect(fit(model, other, { ...settings, ...from(saved[0]) })).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringContaining('another model, other inputs or other settings'),
      });
    }
    await expect(fit(model, inputs, { ...small, ...from(file) })).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
    });
    const cut = saved[0]?.subarray(0, 1000);
    await expect(fit(model, inputs, { ...small, steps: 2, ...from(cut) })).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
    });
  });

  it('brings the held-out loss down, and reports it', async () => {
    const reports: FitReport[] = [];
    await fit(model, inputs, { ...small, steps: 30, onProgress: (report) => reports.push(report) });
    const steps = reports.flatMap(({ progress }) => progress ?? []);
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(reports[0]).toEqual({ what: 'calibrating' });
    expect(reports.at(-1)).toEqual({ what: 'measuring' });
    const losses = steps.at(-1)?.history ?? [];
    expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    const first = losses[0]?.loss ?? Number.NaN;
    expect(losses.at(-1)?.loss).toBeLessThan(0.8 * first);
  });

  it('refuses settings and inputs that it cannot use', async () => {
    for (const [settings, words] of [
      [{ neurons: 0 }, 'neurons is 0'],
      [{ neurons: 2.5 }, 'neurons is 2.5'],
      [{ steps: 0 }, 'steps is 0'],
      [{ tuneSteps: -1 }, 'tuneSteps is -1'],
      [{ batch: 5000 }, 'batch is 5000'],
      [{ seed: -1 }, 'seed is -1'],
      [{ rate: 2 }, 'rate is 2'],
      [{ response: Number.NaN }, 'response is NaN'],
      [{ heldOut: -0.1 }, 'heldOut is -0.1'],
      [{ neuron: 4 }, '"neuron" is unknown'],
    ] as const) {
      await expect(fit(model, inputs, settings as object), words).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringContaining(words),
      });
    }
    for (const few of [[], inputs.slice(0, 1)]) {
      await expect(fit(model, few, small)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    }
    const text = [{ text: 'two' }, { text: 'texts' }];
    await expect(fit(model, text, small)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

/** A store that begins with `first` and keeps all that it is given. */
function recorder(first?: Uint8Array, pause = 0) {
  const saved: Uint8Array[] = [];
  const store: CheckpointStore = {
    pause,
    load: async () => first,
    save: async (bytes) => void saved.push(bytes),
  };
  return { store, saved };
}
