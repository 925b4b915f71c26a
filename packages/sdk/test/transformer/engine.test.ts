import { relaxedSupported } from '@tripartite/kernels';
import { type Engine, loadModel, openEngine, run, softmaxHead } from '@tripartite/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawTensors, tinySource, tinyVit, vitShapes } from './tiny-models.js';

const tensors = drawTensors(vitShapes(tinyVit));
const source = tinySource(tinyVit, tensors);
const { image_size: size } = tinyVit;
const image = {
  width: size,
  height: size,
  channels: 3 as const,
  data: Uint8ClampedArray.from({ length: size * size * 3 }, (_, i) => (i * 37) % 256),
};

describe('an engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine({ threads: 2 });
  });
  afterAll(() => engine.close());

  it('has the threads and the build that it says', async () => {
    expect(engine).toMatchObject({ threads: 2, build: 'plain' });
    expect(engine.kernels.threads).toBe(2);
    const fast = await openEngine({ fast: true });
    expect(fast).toMatchObject({ threads: 1, build: relaxedSupported() ? 'relaxed' : 'plain' });
    fast.close();
  });

  it('refuses numbers of threads that make no sense', async () => {
    for (const threads of [0, 1.5, 65, 1e6, Number.NaN]) {
      const refusal = {
        name: 'TripartiteError',
        code: 'BAD_INPUT',
        message: `threads is ${threads}; whole numbers from 1 to 64 are allowed`,
      };
      await expect(openEngine({ threads })).rejects.toMatchObject(refusal);
      await expect(loadModel(source, { threads })).rejects.toMatchObject(refusal);
    }
  });

  it('lets heads be made', () => {
    expect(() => softmaxHead({ width: 4 })).not.toThrow();
  });

  it('computes nothing on threads once closed', async () => {
    const closed = await openEngine({ threads: 2 });
    closed.close();
    expect(() => closed.kernels.run([])).toThrow(/closed/);
  });

  it('is opened for a model, which answers as on one thread and closes it', async () => {
    const [one, two] = [await loadModel(source), await loadModel(source, { threads: 2 })];
    expect(one).toMatchObject({ threads: 1, build: 'plain' });
    expect(two).toMatchObject({ threads: 2, build: 'plain' });
    expect(await run(two, { image })).toEqual(await run(one, { image }));
    two.close();
    expect(() => two.kernels.run([])).toThrow(/closed/);
  });

  it('is used by a model that it is given to, and stays open', async () => {
    const model = await loadModel(source, { engine });
    expect(model.kernels).toBe(engine.kernels);
    expect(await run(model, { image })).toEqual(await run(await loadModel(source), { image }));
    model.close();
    expect(() => engine.kernels.run([])).not.toThrow();
    for (const option of [{ threads: 2 }, { fast: true }]) {
      await expect(loadModel(source, { engine, ...option })).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringContaining('an engine and threads or fast'),
      });
    }
  });

  it('keeps nothing of a model that could not be placed', async () => {
    const used = engine.kernels.arena.used();
    const missing = Object.fromEntries(Object.entries(tensors).slice(0, -1));
    await expect(loadModel(tinySource(tinyVit, missing), { engine })).rejects.toMatchObject({
      code: 'MISSING_TENSOR',
    });
    expect(engine.kernels.arena.used()).toBe(used);
  });
});
