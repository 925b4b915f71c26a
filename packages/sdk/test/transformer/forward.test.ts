import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../src/compare/calibrate.js';
import { compare, compareInDetail } from '../../src/compare/compare.js';
import { sweepNeurons } from '../../src/compare/sweep.js';
import { forward, softmaxAttend } from '../../src/transformer/forward.js';
import { type ModelInput, prepareInput } from '../../src/transformer/inputs.js';
import { loadModel } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { readPhotographs, readTestDigits, readTexts } from '../fixtures/reference.js';
import { bitsOf, withBits } from './bits.js';

const digits = readTestDigits().map((image) => ({ image }));
const [first, second] = digits as [ModelInput, ModelInput];
const texts = readTexts().map(({ text }) => ({ text }));

describe.each([
  ['use-lite', useLite, texts.slice(0, 2)],
  ['vit-digits', vitDigits, [first, second]],
  ['photo-mae', photoMae, Object.values(readPhotographs()).map((image) => ({ image }))],
])('work on %s started at once', async (_, pack, [one, other]) => {
  const model = await loadModel(pack);
  const [a, b] = [one as ModelInput, other as ModelInput];
  const small = { hidden: { kind: 'performer', neurons: 12 } };
  const jobs: (() => Promise<unknown>)[] = [
    () => run(model, a, { trace: 'all' }),
    () => compareInDetail(model, b, small),
    () => run(model, [b, a]),
    () => compare(model, a, { ...small, seeds: 2 }),
    () => calibrate(model, [a, b]),
    () => compare(model, b, { hidden: { neurons: 8 }, swap: '0' }),
    () => sweepNeurons(model, a, { kinds: ['matched'], neurons: [4, 8], seeds: [1] }),
  ];

  it('gives the bits of one after the other, and all memory back', async () => {
    const mark = model.kernels.arena.mark();
    const apart: unknown[] = [];
    for (const job of jobs) apart.push(withBits(await job()));
    const together = await Promise.all(jobs.map((job) => job()));
    expect(together.map(withBits)).toEqual(apart);
    expect(model.kernels.arena.mark()).toBe(mark);
  });
});

describe('a run', async () => {
  const model = await loadModel(vitDigits);
  const { arena } = model.kernels;
  const mark = arena.mark();
  const { prepared } = prepareInput(model, first);
  const truth = bitsOf((await forward(model, [prepared]))[0]);

  it('lets timers have their turn, so that one can stop it', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1);
    await expect(
      run(model, digits.slice(0, 300), { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
    expect(arena.mark()).toBe(mark);
  });

  it.each([0, 1, 2, 3, 4])('stopped after %i layers leaves the model as it was', async (layers) => {
    const controller = new AbortController();
    const told: number[] = [];
    const stopped = forward(model, [prepared], {
      signal: controller.signal,
      onProgress(fraction) {
        if (told.push(fraction) === layers + 1) controller.abort();
      },
    });
    const behind = forward(model, [prepared]);
    if (layers === 4) expect(await stopped).toHaveLength(1);
    else await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(bitsOf((await behind)[0])).toBe(truth);
    expect(arena.mark()).toBe(mark);
  });

  it('whose turn has not come is stopped when it comes, and what it waits for is not', async () => {
    const controller = new AbortController();
    const running = forward(model, [prepared]);
    const waiting = forward(model, [prepared], { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
    expect(bitsOf((await running)[0])).toBe(truth);
  });

  it('that fails in the midst fails alone', async () => {
    const softmax = softmaxAttend(model);
    const fault = new Error('the third layer fails');
    const failing = forward(model, [prepared], {
      attend(call, batch) {
        arena.floats(1000);
        if (call.layer === 2) throw fault;
        softmax(call, batch);
      },
    });
    const behind = forward(model, [prepared]);
    await expect(failing).rejects.toBe(fault);
    expect(bitsOf((await behind)[0])).toBe(truth);
    expect(arena.mark()).toBe(mark);
  });

  it('tells what share of the multiply–adds is done, layer by layer', async () => {
    const told: [number, string][] = [];
    const count = 3;
    await run(model, digits.slice(0, count), {
      onProgress: (...progress) => told.push(progress),
    });
    // By hand: 49 patches of 4 × 4 pixels and a class token, 4 heads of width 16, 10 labels.
    const [rows, width, inner] = [50, 64, 128];
    const layer = rows * width * (4 * width + 2 * inner) + 2 * rows * rows * width;
    const embedding = 49 * 16 * width;
    const whole = embedding + 4 * layer + width * 10;
    const shares = [0, ...[1, 2, 3, 4].map((done) => (embedding + done * layer) / whole), 1];
    expect(told.map(([, what]) => what)).toEqual([
      'layer 1 of 4',
      'layer 2 of 4',
      'layer 3 of 4',
      'layer 4 of 4',
      'output',
      'done',
    ]);
    told.forEach(([fraction], i) => {
      expect(fraction).toBeCloseTo(shares[i] as number, 12);
    });
  });

  it('of nothing tells its end', async () => {
    const told: number[] = [];
    expect(await run(model, [], { onProgress: (fraction) => told.push(fraction) })).toEqual([]);
    expect(told).toEqual([0, 0, 0, 0, 0, 1]);
  });
});
