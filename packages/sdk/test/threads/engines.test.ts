import { OutOfMemory } from '@tripartite/kernels';
import vitDigits from '@tripartite/model-vit-digits';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { astrocyteHead } from '../../src/attention/astrocyte-head.js';
import type { AttentionHead } from '../../src/attention/head.js';
import { softmaxHead } from '../../src/attention/softmax-head.js';
import { calibrate } from '../../src/compare/calibrate.js';
import { compare } from '../../src/compare/compare.js';
import { type Engine, openEngine } from '../../src/engine.js';
import { TripartiteError } from '../../src/errors.js';
import { loadModel, type Model } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { layerOf, tokens } from '../attention/data.js';
import { readTestDigits } from '../fixtures/reference.js';
import { withBits } from '../transformer/bits.js';
import { drawTensors, tinySource, tinyVit, vitShapes } from '../transformer/tiny-models.js';

const width = 6;
const given = tokens(21, 30, width, 5);
const hidden = layerOf('performer', 20, width).layer;
const digits = readTestDigits().map((image) => ({ image }));
const [digit, other] = digits as [(typeof digits)[0], (typeof digits)[0]];
const tensors = drawTensors(vitShapes(tinyVit));
const tiny = tinySource(tinyVit, tensors);
const broken = tinySource(tinyVit, Object.fromEntries(Object.entries(tensors).slice(0, -1)));

/** Code and message of what `work` throws. */
function failure(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof TripartiteError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing';
}

function headsOn(engine: Engine): AttentionHead[] {
  const heads = [astrocyteHead({ width, hidden, engine }), softmaxHead({ width, engine })];
  for (const head of heads) head.write(given.keys, given.values);
  return heads;
}

/** All that needs the engine of a head. */
function refusals(head: AttentionHead, engine: Engine): string[] {
  const { queries, keys, values } = given;
  return [
    () => head.write(keys, values),
    () => head.read(queries),
    () => head.stream(queries, keys, values),
    () => head.clone(),
    () => astrocyteHead({ width, hidden, engine }),
    () => softmaxHead({ width, engine }),
  ].map(failure);
}

describe.each([1, 2])('an engine of %i threads', (threads) => {
  let engine: Engine;
  let model: Model;
  beforeAll(async () => {
    engine = await openEngine({ threads });
    model = await loadModel(vitDigits, { engine });
  });
  afterAll(() => engine.close());

  it('refuses heads while a model runs, and neither of them loses anything', async () => {
    const expected = withBits(await run(model, digit));
    const heads = headsOn(engine);
    const states = heads.map((head) => head.save());
    const larger = softmaxHead({ width });
    for (let i = 0; i < 50; i++) larger.write(given.keys, given.values);
    const seen = new Set<string>();
    let told = 0;
    const result = await run(model, digit, {
      onProgress() {
        told += 1;
        for (const head of heads) for (const text of refusals(head, engine)) seen.add(text);
        // What a restored head keeps would be lost with the run's own memory.
        seen.add(failure(() => heads[1]?.restore(larger.save())));
        expect(heads.map((head) => head.save())).toEqual(states);
      },
    });
    expect(told).toBeGreaterThan(3);
    expect([...seen]).toEqual([
      'BAD_INPUT: engine is busy with the run of a model; await it, or give heads an engine of their own',
    ]);
    expect(withBits(result)).toEqual(expected);
    for (const [at, head] of heads.entries()) {
      expect(head.save()).toEqual(states[at]);
      const fresh = headsOn(engine)[at] as AttentionHead;
      for (const one of [head, fresh]) one.write(given.keys, given.values);
      expect(head.read(given.queries)).toEqual(fresh.read(given.queries));
    }
  });

  it('runs two models at once with the bits of one after the other', async () => {
    const small = await loadModel(tiny, { engine });
    const picture = {
      image: {
        width: 6,
        height: 6,
        channels: 3 as const,
        data: new Uint8Array(108).map((_, i) => i),
      },
    };
    const jobs = [
      () => run(model, [digit, other], { trace: '1' }),
      () => run(small, picture, { trace: 'all' }),
      () => compare(model, other, { hidden: { neurons: 16 } }),
      () => run(small, [picture, picture]),
    ];
    const expected: unknown[] = [];
    for (const job of jobs) expected.push(withBits(await job()));
    const used = engine.kernels.arena.used();
    const together = await Promise.all(jobs.map((job) => job()));
    expect(together.map(withBits)).toEqual(expected);
    expect(engine.kernels.arena.used()).toBe(used);
  });

  it('takes a model in while another runs', async () => {
    const expected = withBits(await run(model, digit));
    const running = run(model, digit);
    const [result, loaded] = await Promise.all([
      running,
      loadModel(vitDigits, { engine }),
      // One that cannot be placed comes and goes in between.
      expect(loadModel(broken, { engine })).rejects.toMatchObject({ code: 'MISSING_TENSOR' }),
    ]);
    expect(withBits(result)).toEqual(expected);
    expect(withBits(await run(loaded, digit))).toEqual(expected);
    expect(withBits(await run(model, digit))).toEqual(expected);
  });

  it('and its models are as before after runs that failed or were stopped', async () => {
    const { arena } = engine.kernels;
    const expected = withBits(await run(model, digit));
    const used = arena.used();
    const failing = (calls: number) => {
      let left = calls;
      return (_: Float32Array, activity: Float32Array) => {
        left -= 1;
        if (left < 0) throw new RangeError('φ has had enough');
        activity.fill(1);
      };
    };
    for (const calls of [0, 30, 250]) {
      const features = failing(calls);
      const comparison = compare(model, digit, { hidden: { features, neurons: 5 } });
      await expect(comparison).rejects.toThrow('φ has had enough');
      expect(arena.used()).toBe(used);
    }
    const stopped = run(model, digit, {
      onProgress(fraction) {
        if (fraction > 0.4) throw new RangeError('stop');
      },
    });
    await expect(stopped).rejects.toThrow('stop');
    const controller = new AbortController();
    const onProgress = (fraction: number) => fraction > 0.4 && controller.abort();
    const aborted = run(model, digit, { signal: controller.signal, onProgress });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    const { floats } = arena;
    let left = 20;
    const scarce = vi.spyOn(arena, 'floats').mockImplementation((count) => {
      left -= 1;
      if (left < 0) throw new OutOfMemory('none is left');
      return floats(count);
    });
    await expect(run(model, digit)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    scarce.mockRestore();
    expect(arena.used()).toBe(used);
    expect(withBits(await run(model, digit))).toEqual(expected);
  });
});

const closed = 'BAD_INPUT: engine is closed; open another, and make heads or load models on it';

describe.each([1, 2])('a closed engine of %i threads', (threads) => {
  it('is named by all that would compute on it; heads still give their memory', async () => {
    const engine = await openEngine({ threads });
    const heads = headsOn(engine);
    const states = heads.map((head) => head.save());
    const model = await loadModel(tiny, { engine });
    model.close();
    expect(headsOn(engine).map((head) => head.save())).toEqual(states);
    engine.close();
    engine.close();
    for (const head of heads) expect(new Set(refusals(head, engine))).toEqual(new Set([closed]));
    expect(failure(() => heads[1]?.restore(states[1] as (typeof states)[0]))).toBe(closed);
    expect(heads.map((head) => head.save())).toEqual(states);
    const elsewhere = softmaxHead({ width });
    elsewhere.restore(states[1] as (typeof states)[0]);
    expect(elsewhere.save()).toEqual(states[1]);
    await expect(loadModel(tiny, { engine })).rejects.toThrow(closed.slice(11));
  });

  it('is named by models that had it to themselves', async () => {
    const model = await loadModel(vitDigits, { threads });
    model.close();
    for (const work of [
      () => run(model, digit),
      () => compare(model, digit, { hidden: { kind: 'performer' } }),
      () => calibrate(model, [digit]),
    ]) {
      await expect(work()).rejects.toMatchObject({
        name: 'TripartiteError',
        code: 'BAD_INPUT',
        message: closed.slice(11),
      });
    }
  });

  it('ends a run that has begun, and those that wait', async () => {
    const model = await loadModel(vitDigits, { threads });
    const onProgress = (fraction: number) => fraction > 0.2 && model.close();
    const runs = [run(model, digit, { onProgress }), run(model, other)];
    for (const one of runs) {
      await expect(one).rejects.toMatchObject({ code: 'BAD_INPUT', message: closed.slice(11) });
    }
  });
});
