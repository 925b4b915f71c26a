import digits from '@tripartite/model-vit-digits';
import {
  astrocyteHead,
  hiddenLayer,
  loadModel,
  type ModelInput,
  run,
  softmaxHead,
} from '@tripartite/sdk';
import { beforeAll, describe, expect, it } from 'vitest';

let model: Awaited<ReturnType<typeof loadModel>>;
beforeAll(async () => {
  model = await loadModel(digits);
});

const badInput = expect.objectContaining({ name: 'TripartiteError', code: 'BAD_INPUT' });

describe('callers without TypeScript', () => {
  it.each([undefined, null, {}, { text: undefined }, { text: 5 }, { image: null }, 'a text'])(
    'get BAD_INPUT for the input %j',
    async (input) => {
      await expect(run(model, input as unknown as ModelInput)).rejects.toEqual(badInput);
    },
  );

  it('get BAD_INPUT for places that are no string', async () => {
    const image = { width: 28, height: 28, channels: 1 as const, data: new Uint8Array(784) };
    const trace = ['0'] as unknown as string;
    await expect(run(model, { image }, { trace })).rejects.toEqual(badInput);
  });

  it('get BAD_INPUT for heads without a hidden layer or with a scale that is no number', () => {
    const hidden = hiddenLayer({ kind: 'performer', neurons: 4, width: 4 });
    expect(() => astrocyteHead({ width: 4 } as never)).toThrow(badInput);
    expect(() => astrocyteHead({ width: 4, hidden, scale: Number.NaN })).toThrow(badInput);
    expect(() => softmaxHead({ width: 4, scale: Number.POSITIVE_INFINITY })).toThrow(badInput);
  });

  it('get BAD_INPUT for a saved state without its exponent', () => {
    const hidden = hiddenLayer({ kind: 'performer', neurons: 4, width: 4 });
    const head = astrocyteHead({ width: 4, hidden });
    const { exponent: _, ...state } = head.save();
    expect(() => head.restore(state as never)).toThrow(badInput);
  });

  it('get BAD_INPUT for weights with NaN and features that are no function', () => {
    const weights = new Float32Array(16).fill(Number.NaN);
    const options = { neurons: 4, width: 4 };
    expect(() => hiddenLayer({ kind: 'performer', weights, ...options })).toThrow(badInput);
    expect(() => hiddenLayer({ features: 7 as never, ...options })).toThrow(badInput);
  });
});
