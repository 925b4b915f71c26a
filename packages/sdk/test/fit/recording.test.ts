import { describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine.js';
import type { HeadPass } from '../../src/fit/reverse/head-pass.js';
import { type Recording, recordForward } from '../../src/fit/reverse/recording.js';
import {
  placeReverseWeights,
  type ReverseWeights,
  tunableLinears,
} from '../../src/fit/reverse/reverse-weights.js';
import { createGenerator } from '../../src/random/generator.js';
import { softmaxPass, someGains } from './softmax-pass.js';
import { placeTiny, type TinyCase, tinyCases } from './tiny-plans.js';

const engine = await openEngine();
const { kernels } = engine;
const { arena } = kernels;
const tiny = tinyCases['use_lite that widens later'] as TinyCase;
const { plan, inputs } = tiny;
const model = placeTiny(engine, tiny);
const heads = plan.steps.flatMap((step) => (step.op === 'block' ? [step.block.heads] : []));
const gains = someGains(heads);
const linears = tunableLinears(plan);
const [qkv] = linears as [(typeof linears)[number]];

const noise = (label: string, length: number): Float32Array => {
  const generator = createGenerator(4, label);
  return Float32Array.from({ length }, () => generator.normal());
};

const gradientsOf = ({ tuned }: ReverseWeights): Float32Array[] =>
  tuned.map(({ gradient, count }) => arena.viewFloats(gradient, count).slice());

const byOutputs = ({ outputs }: Recording) =>
  outputs.map(({ length }, item) => noise(`${item}`, length));

/** Outputs, and the gradients of tuned layers, of one pass. */
function passOnce(weights: ReverseWeights, pass: HeadPass, from = model) {
  weights.clearGradients();
  const recording = recordForward(from, weights, inputs, pass);
  recording.reverse({ outputs: byOutputs(recording) });
  recording.release();
  return { outputs: recording.outputs, gradients: gradientsOf(weights) };
}

describe('weights of a reverse pass', () => {
  it('are the model’s own until they are changed', () => {
    const { tuned } = placeReverseWeights(model, linears);
    expect(tuned.map(({ names }) => names)).toEqual(linears);
    for (const { names, values, count } of tuned) {
      const [name] = names.names;
      const [weight, bias] = [tiny.tensors[`${name}.weight`], tiny.tensors[`${name}.bias`]];
      expect(arena.viewFloats(values, count)).toEqual(
        Float32Array.of(...(weight?.data ?? []), ...(bias?.data ?? [])),
      );
    }
  });

  it('give, changed and packed again, the bits of a model that has the changed values', () => {
    const weights = placeReverseWeights(model, linears);
    const before = passOnce(weights, softmaxPass(kernels, gains));
    const tensors = { ...tiny.tensors };
    for (const { names, values, count } of weights.tuned) {
      const [name] = names.names;
      const own = arena.viewFloats(values, count);
      own.set(noise(`${name}`, count).map((v, i) => 0.1 * v + (own[i] as number)));
      const area = names.input * names.output;
      for (const [tensor, data] of [
        [`${name}.weight`, own.slice(0, area)],
        [`${name}.bias`, own.slice(area)],
      ] as const) {
        tensors[tensor] = { shape: tiny.tensors[tensor]?.shape ?? [], data };
      }
    }
    expect(passOnce(weights, softmaxPass(kernels, gains))).toEqual(before);
    weights.repack();
    const changed = passOnce(weights, softmaxPass(kernels, gains));
    const other = placeTiny(engine, { ...tiny, tensors });
    const fresh = placeReverseWeights(other, linears);
    expect(changed).toEqual(passOnce(fresh, softmaxPass(kernels, gains), other));
    expect(changed.outputs).not.toEqual(before.outputs);
  });

  it('may be tuned in a few layers, whose gradients are those of tuning all', () => {
    const all = passOnce(placeReverseWeights(model, linears), softmaxPass(kernels, gains));
    linears.forEach((names, index) => {
      const few = passOnce(placeReverseWeights(model, [names]), softmaxPass(kernels, gains));
      expect(few.gradients).toEqual([all.gradients[index]]);
    });
  });

  it('refuse to tune what is no projection of a head', () => {
    const names = { names: ['pooler.dense'], input: 10, output: 10 };
    expect(() => placeReverseWeights(model, [qkv, names])).toThrow(
      /^pooler\.dense is to be tuned; narrow\.qkv or narrow\.output or .* can be$/,
    );
  });
});

describe('a recording', () => {
  const frozen = placeReverseWeights(model);
  const places = heads.flatMap((count, layer) =>
    Array.from({ length: count }, (_, head) => `${layer}.${head}`),
  );

  it('calls heads latest first, and asks the first layer for gradients where it is tuned alone', () => {
    for (const [tune, first] of [
      [[], false],
      [linears.slice(1), false],
      [[qkv], true],
    ] as const) {
      const pass = softmaxPass(kernels, gains);
      passOnce(placeReverseWeights(model, tune), pass);
      expect(pass.calls).toEqual(
        places.toReversed().map((place) => ({
          place,
          needsInputs: first || !place.startsWith('0.'),
        })),
      );
    }
  });

  it('begins at the last stream that matters, with the gradients of 0 at the outputs', () => {
    const pass = softmaxPass(kernels, gains);
    const [short, long] = [true, false].map((withoutOutputs) => {
      const weights = placeReverseWeights(model, linears);
      const recording = recordForward(model, weights, inputs, pass);
      const streams = [undefined, noise('stream', recording.stream(1).length)];
      const zeros = recording.outputs.map(({ length }) => new Float32Array(length));
      recording.reverse(withoutOutputs ? { streams } : { streams, outputs: zeros });
      recording.release();
      return gradientsOf(weights).map((values) => values.map((v) => v + 0));
    });
    expect(short).toEqual(long);
    const alone = places.filter((place) => /^[01]/.test(place)).toReversed();
    expect(pass.calls.map(({ place }) => place)).toEqual([...alone, ...places.toReversed()]);
  });

  it('needs gradients as long as what they belong to', () => {
    const recording = recordForward(model, frozen, inputs, softmaxPass(kernels, gains));
    const mark = arena.mark();
    const [first, ...rest] = byOutputs(recording);
    const short = [first?.slice(1) ?? new Float32Array(), ...rest];
    const refused = (gradients: Parameters<Recording['reverse']>[0]) => {
      try {
        recording.reverse(gradients);
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(refused({ outputs: rest })).toMatchObject({
      code: 'BAD_SHAPE',
      message: 'gradients by outputs: 2 came; 3 are needed',
    });
    expect(refused({ outputs: short })).toMatchObject({
      code: 'BAD_SHAPE',
      message: 'gradient by output 0: 9 came; 10 are needed',
    });
    expect(refused({ streams: [new Float32Array(1)] })).toMatchObject({
      code: 'BAD_SHAPE',
      message: 'gradient by the stream after layer 0: 1 came; 48 are needed',
    });
    const last = heads.length - 1;
    expect(refused({ streams: heads.map(() => new Float32Array(48)) })).toMatchObject({
      code: 'BAD_INPUT',
      message: `layer ${last} has no stream: its tokens are averaged; record with lastStream`,
    });
    expect(() => recording.stream(last + 1)).toThrow(`layer is 4; 0 to ${last} are allowed`);
    expect(arena.mark()).toBe(mark);
    recording.release();
  });

  it('frees its memory where a head fails', () => {
    const mark = arena.mark();
    const pass = softmaxPass(kernels, gains);
    const failing = (part: 'forward' | 'reverse'): HeadPass => ({
      ...pass,
      [part]() {
        arena.floats(100);
        throw new Error('no');
      },
    });
    expect(() => recordForward(model, frozen, inputs, failing('forward'))).toThrow('no');
    expect(arena.mark()).toBe(mark);
    const recording = recordForward(model, frozen, inputs, failing('reverse'));
    const full = arena.mark();
    expect(() => recording.reverse({ outputs: byOutputs(recording) })).toThrow('no');
    expect(arena.mark()).toBe(full);
    recording.release();
    expect(arena.mark()).toBe(mark);
  });
});
