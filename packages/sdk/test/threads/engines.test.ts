import { OutOfMemory } from '@tripartite/kernels';
import vitDigits from '@tripartite/model-vit-digits';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AttentionHead } from '../../src/attention/head.js';
import { softmaxHead } from '../../src/attention/softmax-head.js';
import { compare } from '../../src/compare/compare.js';
import { type Engine, openEngine } from '../../src/engine.js';
import { loadModel, type Model } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { readTestDigits } from '../fixtures/reference.js';
import { withBits } from '../transformer/bits.js';
import { drawTensors, tinySource, tinyVit, vitShapes } from '../transformer/tiny-models.js';
import { failure, given, headsOn, refusals, width } from './head-calls.js';

const digits = readTestDigits().map((image) => ({ image }));
const [digit, other] = digits as [(typeof digits)[0], (typeof digits)[0]];
const tensors = drawTensors(vitShapes(tinyVit));
const tiny = tinySource(tinyVit, tensors);
const broken = tinySource(tinyVit, Object.fromEntries(Object.entries(tensors).slice(0, -1)));

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
