import {
  astrocyteHead,
  compileKernels,
  type Features,
  hiddenLayer,
  TripartiteError,
  type WeightedLayer,
} from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import { activitiesOf, layerOf, normals, tokens, worstError } from './data.js';
import { attend } from './reference.js';

await compileKernels();

const [width, neurons] = [6, 21];

/** The performer's formula, written as a user would. */
function performerOf({ query }: WeightedLayer): Features {
  return (x, activity) => {
    const half = x.reduce((sum, v) => sum + v * v, 0) / 2;
    for (let r = 0; r < neurons; r++) {
      const z = x.reduce((sum, v, i) => sum + v * (query.weights[r * width + i] as number), 0);
      activity[r] = Math.exp(z - half) / Math.sqrt(neurons);
    }
  };
}

describe('a user’s own φ', () => {
  it('gives what the built-in performer gives when it is the same formula', () => {
    const made = layerOf('performer', neurons, width);
    const features = performerOf(made.layer as WeightedLayer);
    const hidden = hiddenLayer({ features, neurons, width });
    expect(hidden).toMatchObject({ kind: 'custom', signed: false, neurons, width });
    const given = tokens(3, 200, width, 9);
    const mask = Uint8Array.from({ length: 200 }, (_, t) => (t % 6 === 2 ? 0 : 1));
    const activities = activitiesOf(made, given);
    given.keys.fill(NaN, 2 * width, 3 * width);
    const own = astrocyteHead({ width, hidden });
    own.write(given.keys, given.values, mask);
    const read = own.read(given.queries);
    expect(worstError(read, attend(activities, given.values, { mask }), false)).toBeLessThan(1e-5);
    own.begin();
    const streamed = own.stream(given.queries, given.keys, given.values, mask);
    const causal = attend(activities, given.values, { mask, causal: true });
    expect(worstError(streamed, causal, false)).toBeLessThan(1e-5);
    const built = astrocyteHead({ width, hidden: made.layer });
    built.write(given.keys, given.values, mask);
    built.read(given.queries).response.forEach((c, t) => {
      expect(Math.abs((read.response[t] as number) / c - 1)).toBeLessThan(1e-5);
    });
  });

  it('reaches as far as the built-in performer: keys of norm² 93, queries opposite', () => {
    const made = layerOf('performer', neurons, width);
    const hidden = hiddenLayer({
      features: performerOf(made.layer as WeightedLayer),
      neurons,
      width,
    });
    const given = tokens(8, 60, width, 93);
    const own = astrocyteHead({ width, hidden });
    own.write(given.keys, given.values);
    const truth = attend(activitiesOf(made, given), given.values);
    expect(worstError(own.read(given.queries), truth, false)).toBeLessThan(1e-4);
  });

  it('may be signed, and is never shown a masked token', () => {
    const seen: number[] = [];
    const features: Features = (x, activity) => {
      seen.push(x[0] as number);
      activity.set([x[0] as number, 1]);
    };
    const hidden = hiddenLayer({ kind: 'mine', features, signed: true, neurons: 2, width: 1 });
    expect(hidden).toMatchObject({ kind: 'mine', signed: true });
    const head = astrocyteHead({ width: 1, scale: 1, hidden });
    head.write(Float32Array.of(2, NaN, -3), Float32Array.of(10, 99, 1), Uint8Array.of(1, 0, 1));
    // g = (2 − 3, 2), H = (20 − 3, 11).
    const { output, response } = head.read(Float32Array.of(1, -1));
    expect(Array.from(response)).toEqual([1, 3]);
    expect(output[0]).toBeCloseTo(28, 5);
    expect(output[1]).toBeCloseTo(-2, 6);
    expect(seen).toEqual([2, -3, 1, -1]);
  });

  it('may overflow float32 for one query without harm to the others', () => {
    const features: Features = (x, activity) => {
      activity[0] = x[0] as number;
    };
    const hidden = hiddenLayer({ features, signed: true, neurons: 1, width: 1 });
    const head = astrocyteHead({ width: 1, scale: 1, hidden });
    head.write(Float32Array.of(1e30), Float32Array.of(3));
    const { output, response } = head.read(Float32Array.of(1e30, 1, -2));
    expect(response[0]).toBe(Infinity);
    expect(response[1]).toBeCloseTo(1e30, -24);
    expect(output[1]).toBeCloseTo(3, 5);
    expect(output[2]).toBeCloseTo(3, 5);
  });

  it('leaves a neuron that it does not set at 0', () => {
    const features: Features = (_, activity) => {
      activity[1] = 2;
    };
    const hidden = hiddenLayer({ features, neurons: 3, width: 1 });
    const head = astrocyteHead({ width: 1, hidden });
    head.write(Float32Array.of(1), Float32Array.of(1));
    expect(Array.from(head.g, (v) => v * 2 ** head.exponent)).toEqual([0, 2, 0]);
  });
});

describe('a user’s own W', () => {
  it('is used as it is', () => {
    const weights = Float64Array.from(normals(5, neurons * width));
    const layer = hiddenLayer({ kind: 'performer', neurons, width, weights }) as WeightedLayer;
    expect(layer.query.weights).toEqual(Float32Array.from(weights));
    const same = hiddenLayer({
      kind: 'performer',
      neurons,
      width,
      weights: Float32Array.from(weights),
    });
    expect(same).toEqual(layer);
  });

  it('may put every neuron far below any float32, saturating or not', () => {
    for (const kind of ['performer', 'truncated-performer']) {
      const weights = Float64Array.of(160, 150);
      const hidden = hiddenLayer({ kind, neurons: 2, width: 1, weights });
      const head = astrocyteHead({ width: 1, scale: 1, hidden });
      head.write(Float32Array.of(-1), Float32Array.of(7));
      const { output, logResponse } = head.read(Float32Array.of(-1));
      expect(logResponse[0]).toBeCloseTo(-300 - 1 - Math.log(2), 4);
      expect(output[0]).toBeCloseTo(7, 5);
    }
  });

  it('is refused where its size does not fit', () => {
    const weights = new Float64Array(7);
    const make = () => hiddenLayer({ kind: 'performer', neurons, width, weights });
    expect(make).toThrow(TripartiteError);
    expect(make).toThrow('hidden weights have 7 values; 21 neurons × width 6 need 126');
  });
});
