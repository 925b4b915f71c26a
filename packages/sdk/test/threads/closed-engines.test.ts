import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { softmaxHead } from '../../src/attention/softmax-head.js';
import { calibrate } from '../../src/compare/calibrate.js';
import { compare } from '../../src/compare/compare.js';
import { openEngine } from '../../src/engine.js';
import { loadModel } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { readTestDigits } from '../fixtures/reference.js';
import { drawTensors, tinySource, tinyVit, vitShapes } from '../transformer/tiny-models.js';
import { failure, headsOn, refusals, width } from './head-calls.js';

const digits = readTestDigits().map((image) => ({ image }));
const [digit, other] = digits as [(typeof digits)[0], (typeof digits)[0]];
const tiny = tinySource(tinyVit, drawTensors(vitShapes(tinyVit)));

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
