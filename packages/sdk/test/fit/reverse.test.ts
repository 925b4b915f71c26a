import { beforeEach, describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine.js';
import { type Recording, recordForward } from '../../src/fit/reverse/recording.js';
import {
  placeReverseWeights,
  type TunedLinear,
  tunableLinears,
} from '../../src/fit/reverse/reverse-weights.js';
import { createGenerator } from '../../src/random/generator.js';
import { forward, softmaxAttend } from '../../src/transformer/forward.js';
import type { Model } from '../../src/transformer/model.js';
import { largestDifference } from '../transformer/differences.js';
import { naivePass } from './naive-plan.js';
import { softmaxPass, someGains } from './softmax-pass.js';
import { placeTiny, tinyCases } from './tiny-plans.js';

/** Half the step of a central difference; in float64 its error is some 1e-9 of the slope. */
const step = 1e-5;
/** Allowed error of a slope along a direction, relative to |gradient|·|direction|. */
const tolerance = 2e-6;

const draw = (label: string, length: number): Float32Array => {
  const generator = createGenerator(3, label);
  return Float32Array.from({ length }, () => generator.normal());
};
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((total, v, i) => total + v * (b[i] as number), 0);

describe.each(Object.entries(tinyCases))('the reverse pass of a small %s', async (_, tiny) => {
  const engine = await openEngine();
  const { kernels } = engine;
  const { plan, inputs, tensors } = tiny;
  const model = placeTiny(engine, tiny);
  const blocks = plan.steps.flatMap((own) => (own.op === 'block' ? [own.block] : []));
  const gains = someGains(blocks.map(({ heads }) => heads));
  const weights = placeReverseWeights(model, tunableLinears(plan));
  beforeEach(() => weights.clearGradients());

  const exactTensors = Object.fromEntries(
    Object.entries(tensors).map(([name, { data }]) => [name, data]),
  );

  /** Random gradients of a loss that is linear in outputs and, where it is so wanted, in the streams after layers. */
  const lossOf = (recording: Recording, layers: readonly number[]) => ({
    outputs: recording.outputs.map(({ length }, item) => draw(`output ${item}`, length)),
    streams: blocks.map((_, layer) =>
      layers.includes(layer)
        ? draw(`stream ${layer}`, recording.stream(layer).length).map((v) => 0.1 * v)
        : undefined,
    ),
  });
  type Loss = ReturnType<typeof lossOf>;

  /** That loss in float64. */
  const exactLoss = (
    { outputs, streams }: Loss,
    changed: Record<string, ArrayLike<number>>,
    exactGains: readonly (readonly number[])[] = gains,
  ): number => {
    const all = { tensors: { ...exactTensors, ...changed }, gains: exactGains };
    const passes = inputs.map((input) => naivePass(plan, all, input));
    const ofOutputs = passes.map(({ output }, item) => dot(output.flat(), outputs[item] ?? []));
    const ofStreams = streams.map((own, layer) => {
      const values = passes.flatMap((pass) => pass.streams[layer]?.flat() ?? []);
      return own ? dot(values, own) : 0;
    });
    return [...ofOutputs, ...ofStreams].reduce((a, b) => a + b, 0);
  };

  /** The values of a tuned layer plus a step along a direction of the same order, as tensors. */
  const move = ({ names: linear }: TunedLinear, direction: Float32Array, by: number) => {
    const { names, input, output } = linear;
    const part = output / names.length;
    const tensor = (name: string, from: number) =>
      Float64Array.from(
        exactTensors[name] as Float32Array,
        (v, i) => v + by * (direction[from + i] as number),
      );
    return Object.fromEntries(
      names.flatMap((name, index) => [
        [`${name}.weight`, tensor(`${name}.weight`, index * part * input)],
        [`${name}.bias`, tensor(`${name}.bias`, output * input + index * part)],
      ]),
    );
  };

  const gradientOf = ({ gradient, count }: TunedLinear): Float32Array =>
    kernels.arena.viewFloats(gradient, count).slice();

  /** Largest relative error of the slopes of all tuned layers along random directions. */
  const worstSlope = (loss: Loss): number => {
    let worst = 0;
    for (const tuned of weights.tuned) {
      const gradient = gradientOf(tuned);
      for (let time = 0; time < 2; time++) {
        const direction = draw(`${tuned.names.names} ${time}`, tuned.count);
        const [up, down] = [step, -step].map((by) => exactLoss(loss, move(tuned, direction, by)));
        const slope = ((up as number) - (down as number)) / (2 * step);
        const size = Math.sqrt(dot(gradient, gradient) * dot(direction, direction));
        const error = Math.abs(slope - dot(gradient, direction)) / size;
        worst = Math.max(worst, error);
      }
    }
    return worst;
  };

  it('has the forward pass of float64, streams included', () => {
    for (const lastStream of [true, false]) {
      const pass = softmaxPass(kernels, gains);
      const recording = recordForward(model, weights, inputs, pass, { lastStream });
      const all = { tensors: exactTensors, gains };
      const exact = inputs.map((input) => naivePass(plan, all, input));
      recording.outputs.forEach((own, item) => {
        const truth = exact[item]?.output.flat() ?? [];
        expect(largestDifference(own, truth)).toBeLessThanOrEqual(1e-5);
      });
      for (let layer = 0; layer < blocks.length - (lastStream ? 0 : 1); layer++) {
        const truth = exact.flatMap(({ streams }) => streams[layer]?.flat() ?? []);
        expect(largestDifference(recording.stream(layer), truth)).toBeLessThanOrEqual(2e-5);
      }
      recording.release();
    }
  });

  it('has the bits of the model with the same heads', async () => {
    const heads = { forward: softmaxAttend(model), reverse() {} };
    const recording = recordForward(model, weights, inputs, heads);
    recording.release();
    expect(recording.outputs).toEqual(await forward(model as Model, inputs));
  });

  it.each([
    ['outputs', false, []],
    ['outputs and the stream after the first layer', false, [0]],
    ['outputs and the streams after all layers', true, blocks.map((_, layer) => layer)],
  ])('has the slopes of float64 in every tuned layer, of a loss of %s', (_, lastStream, layers) => {
    const pass = softmaxPass(kernels, gains);
    const recording = recordForward(model, weights, inputs, pass, { lastStream });
    const loss = lossOf(recording, layers);
    recording.reverse(loss);
    recording.release();
    expect(worstSlope(loss)).toBeLessThanOrEqual(tolerance);
  });

  it('gives every head the gradient that its own learning needs', () => {
    const pass = softmaxPass(kernels, gains);
    const recording = recordForward(model, weights, inputs, pass);
    const loss = lossOf(recording, [0]);
    recording.reverse(loss);
    recording.release();
    const size = Math.max(...pass.gainGradients.flat().map(Math.abs));
    gains.forEach((heads, layer) => {
      heads.forEach((_, head) => {
        const [up, down] = [step, -step].map((by) => {
          const moved = gains.map((row, l) =>
            row.map((gain, h) => (l === layer && h === head ? gain + by : gain)),
          );
          return exactLoss(loss, {}, moved);
        });
        const slope = ((up as number) - (down as number)) / (2 * step);
        const own = pass.gainGradients[layer]?.[head] as number;
        expect(Math.abs(slope - own) / size, `${layer}.${head}`).toBeLessThanOrEqual(tolerance);
      });
    });
  });

  it('adds gradients up until they are cleared, and frees its memory', () => {
    const mark = kernels.arena.mark();
    const once = () => {
      const recording = recordForward(model, weights, inputs, softmaxPass(kernels, gains));
      recording.reverse(lossOf(recording, [0]));
      recording.release();
      return weights.tuned.map(gradientOf);
    };
    const first = once();
    once().forEach((both, index) => {
      const alone = first[index] as Float32Array;
      const size = Math.max(...alone.map(Math.abs));
      const twice = alone.map((v) => 2 * v);
      expect(largestDifference(both, twice) / size).toBeLessThanOrEqual(1e-6);
    });
    weights.clearGradients();
    expect(once()).toEqual(first);
    expect(kernels.arena.mark()).toBe(mark);
  });
});
