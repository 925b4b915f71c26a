import { compileKernels, type Kernels, newKernels } from '@tripartite/kernels';
import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it, vi } from 'vitest';
import type { Picture } from '../../src/image/picture.js';
import { forward, softmaxAttend } from '../../src/transformer/forward.js';
import { type ModelInput, prepareInput } from '../../src/transformer/inputs.js';
import { forwardBytes, weightBytes } from '../../src/transformer/memory-needs.js';
import { loadModel, type Model } from '../../src/transformer/model.js';
import { runSteps } from '../../src/transformer/operations.js';
import { run } from '../../src/transformer/run.js';
import { followSteps } from '../../src/transformer/step-shapes.js';
import type { Attend, PreparedInput } from '../../src/transformer/stream.js';
import { tracingAttend } from '../../src/transformer/traces.js';
import { readPhotographs, readTestDigits, readTexts } from '../fixtures/reference.js';
import { tinySource, tinyVit } from './tiny-models.js';

await compileKernels();

const limit = 2 ** 32 - 65536;
const texts = readTexts();
const digit = { image: readTestDigits()[1] as Picture };
const models = await Promise.all([useLite, vitDigits, photoMae].map((pack) => loadModel(pack)));
const [text, image, painter] = models as [Model, Model, Model];

function prepare(model: Model, inputs: readonly ModelInput[]): PreparedInput[] {
  return inputs.map((input) => prepareInput(model, input).prepared);
}

/** Most bytes that a pass has in the arena at once, counted at every allocation. */
async function measurePeak(
  model: Model,
  inputs: readonly PreparedInput[],
  attendOf: (kernels: Kernels) => Attend,
): Promise<number> {
  const { arena } = model.kernels;
  const start = arena.mark();
  let top = start;
  const watched = <A extends unknown[]>(allocate: (...args: A) => number) => {
    return (...args: A): number => {
      const at = allocate(...args);
      top = Math.max(top, arena.mark());
      return at;
    };
  };
  const kernels = {
    ...model.kernels,
    arena: {
      ...arena,
      allocate: watched(arena.allocate),
      floats: watched(arena.floats),
      store: watched(arena.store),
    },
  };
  const { weights, plan } = model;
  const patches = plan.patches && { patches: plan.patches };
  const context = { kernels, weights, inputs, attend: attendOf(kernels), ...patches };
  await runSteps(context, plan.steps, async () => {});
  arena.release(start);
  return top - start;
}

const batches: [string, Model, ModelInput[]][] = [
  ['a short text', text, [{ text: 'cell' }]],
  ['a text of 128 tokens', text, [{ text: texts.at(-1)?.text ?? '' }]],
  ['32 texts', text, Array.from({ length: 32 }, (_, i) => ({ text: texts[i % 10]?.text ?? '' }))],
  ['a digit', image, [digit]],
  ['100 digits', image, Array(100).fill(digit)],
  ['a photograph', painter, [{ image: readPhotographs().tiger as Picture }]],
  ['20 photographs', painter, Array(20).fill({ image: readPhotographs().tiger as Picture })],
];

describe('the memory that a forward pass needs', () => {
  it.each(batches)('is bounded from its plan, tightly: %s', async (_, model, inputs) => {
    const prepared = prepare(model, inputs);
    const bound = forwardBytes(followSteps(model.plan, prepared), 1);
    const used = await measurePeak(model, prepared, (kernels) => softmaxAttend({ kernels }));
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThanOrEqual(bound);
    // Attention's own room is a flat half of a MiB for inputs of a few tokens.
    expect(bound).toBeLessThanOrEqual(1.5 * used + 2 ** 19);
  });

  it.each(batches)('is enough where every head is recorded: %s', async (_, model, inputs) => {
    const prepared = prepare(model, inputs);
    const bound = forwardBytes(followSteps(model.plan, prepared), 1);
    const record = (kernels: Kernels) =>
      tracingAttend(
        kernels,
        () => true,
        () => {},
      );
    expect(await measurePeak(model, prepared, record)).toBeLessThanOrEqual(bound);
  });

  it('is taken once a shape: the first run grows memory once, later and smaller ones never', async () => {
    const model = await loadModel(vitDigits);
    const { memory } = model.kernels.arena;
    const grow = vi.spyOn(memory, 'grow');
    const runs = (count: number) => run(model, Array(count).fill(digit), { trace: 'all' });
    await runs(30);
    expect(grow).toHaveBeenCalledTimes(1);
    const size = memory.buffer.byteLength;
    for (const count of [30, 1, 29, 30]) await runs(count);
    expect(grow).toHaveBeenCalledTimes(1);
    expect(memory.buffer.byteLength).toBe(size);
    await runs(60);
    expect(grow).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['use-lite', text, { text: texts.at(-1)?.text ?? '' }, 10_000],
    ['vit-digits', image, digit, 60_000],
  ])('is refused before %s runs where 4 GiB do not suffice', async (name, model, input, count) => {
    const { arena } = model.kernels;
    const [mark, size] = [arena.mark(), arena.memory.buffer.byteLength];
    const [one] = prepare(model, [input]);
    const inputs: PreparedInput[] = Array(count).fill(one);
    const attend = vi.fn();
    const told = vi.fn();
    const bytes = mark + forwardBytes(followSteps(model.plan, inputs), 1);
    expect(bytes).toBeGreaterThan(limit);
    await expect(forward(model, inputs, { attend, onProgress: told })).rejects.toMatchObject({
      name: 'TripartiteError',
      code: 'OUT_OF_MEMORY',
      message: `${name}: ${count} inputs in one call and the weights need ${bytes} bytes of memory; ${limit} are allowed: pass fewer or smaller inputs`,
    });
    expect(attend).not.toHaveBeenCalled();
    expect(told).not.toHaveBeenCalled();
    expect([arena.mark(), arena.memory.buffer.byteLength]).toEqual([mark, size]);
    expect(await forward(model, [one as PreparedInput])).toHaveLength(1);
  });

  it('is refused, naming the model, where the system has no more', async () => {
    const model = await loadModel(vitDigits);
    vi.spyOn(model.kernels.arena.memory, 'grow').mockImplementation(() => {
      throw new RangeError('no memory');
    });
    await expect(run(model, Array(500).fill(digit))).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: expect.stringMatching(/^vit-digits: the system refused \d+ bytes of memory$/),
    });
  });
});

describe('the memory that weights need', () => {
  it.each(models.map((model) => [model.name, model] as const))(
    'is bounded from the plan, tightly: %s',
    (_, { plan, kernels }) => {
      const used = kernels.arena.mark() - newKernels().arena.mark();
      expect(used).toBeLessThanOrEqual(weightBytes(plan));
      expect(weightBytes(plan)).toBeLessThanOrEqual(1.5 * used);
    },
  );

  it('is refused before the weights are read where 4 GiB do not suffice', async () => {
    const config = { ...tinyVit, hidden_size: 30_000, intermediate_size: 120_000 };
    const source = tinySource(config, {});
    const read: string[] = [];
    const watched = {
      name: 'vast',
      read: (file: string) => {
        read.push(file);
        return source.read(file);
      },
    };
    const least = 4 * (4 * 30_000 ** 2 + 2 * 30_000 * 120_000);
    const failure = await loadModel(watched).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: expect.stringMatching(
        new RegExp(`^vast: the weights need \\d+ bytes of memory; ${limit} are allowed: `),
      ),
    });
    const bytes = Number(/need (\d+)/.exec((failure as Error).message)?.[1]);
    expect(bytes).toBeGreaterThan(least);
    expect(bytes).toBeLessThan(1.5 * least);
    expect(read).toEqual(['config.json']);
  });
});
