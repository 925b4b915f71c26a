import { astrocyteHead, compileKernels, hiddenLayer } from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import { activitiesOf, kinds, layerOf, normals, tokens, worstError } from './data.js';
import { attend, gates } from './reference.js';

await compileKernels();

const width = 8;

describe.each(kinds)('an astrocyte head, %s, in extreme cases', (kind) => {
  const made = layerOf(kind, 48, width);
  const { layer } = made;
  const head = () => astrocyteHead({ width, hidden: layer });

  it('answers 0 with response 0 where nothing was written or all keys are masked', () => {
    const given = tokens(1, 9, width, 4);
    const nobody = new Uint8Array(9);
    given.keys.fill(NaN);
    given.values.fill(NaN);
    const silent = head();
    const readouts = [
      silent.read(given.queries),
      silent.stream(given.queries, given.keys, given.values, nobody),
    ];
    silent.write(given.keys, given.values, nobody);
    readouts.push(silent.read(given.queries));
    for (const { output, response, logResponse } of readouts) {
      expect(output.every((v) => v === 0)).toBe(true);
      expect(response.every((c) => c === 0)).toBe(true);
      expect(logResponse.every((c) => c === -Infinity)).toBe(true);
    }
    silent.write(normals(2, 8), normals(3, 8));
    expect(silent.read(given.queries).response.some((c) => c !== 0)).toBe(true);
  });

  it('keeps its precision when a tiny key comes first and huge ones later, and the other way', () => {
    const given = tokens(4, 300, width, 4);
    for (let t = 0; t < 300; t++) {
      const factor = Math.sqrt(t < 3 || (t > 60 && t < 200) ? 1e-3 : 93 / 4);
      for (let i = 0; i < width; i++) {
        given.keys[t * width + i] = (given.keys[t * width + i] as number) * factor;
      }
    }
    const activities = activitiesOf(made, given);
    for (const reverse of [false, true]) {
      const keys = reverse ? reversed(given.keys, width) : given.keys;
      const order = reverse
        ? {
            ...activities,
            keys: [...activities.keys].reverse(),
            keySizes: [...activities.keySizes].reverse(),
          }
        : activities;
      const streamed = head().stream(given.queries, keys, given.values);
      const causal = attend(order, given.values, { causal: true });
      expect(worstError(streamed, causal, layer.signed)).toBeLessThanOrEqual(1e-4);
      const all = head();
      all.write(keys, given.values);
      const truth = attend(order, given.values);
      expect(worstError(all.read(given.queries), truth, layer.signed)).toBeLessThanOrEqual(1e-4);
    }
  });

  it('keeps masked tokens out, NaN or not, to the last bit', () => {
    const given = tokens(5, 40, width, 4);
    const mask = Uint8Array.from({ length: 40 }, (_, t) => (t % 3 === 1 ? 0 : 1));
    const clean = head();
    clean.write(given.keys, given.values, mask);
    const streamedClean = head().stream(given.queries, given.keys, given.values, mask);
    mask.forEach((seen, t) => {
      if (seen) return;
      given.keys.fill(NaN, t * width, (t + 1) * width);
      given.values.fill(Infinity, t * width, (t + 1) * width);
    });
    const dirty = head();
    dirty.write(given.keys, given.values, mask);
    expect(dirty.read(given.queries)).toEqual(clean.read(given.queries));
    const streamed = head().stream(given.queries, given.keys, given.values, mask);
    expect(streamed).toEqual(streamedClean);
  });

  it('answers the other queries the same when one is NaN or infinite', () => {
    const given = tokens(6, 20, width, 4);
    const one = head();
    one.write(given.keys, given.values);
    const clean = one.read(given.queries);
    for (const bad of [NaN, Infinity]) {
      const queries = given.queries.slice();
      queries.fill(bad, 7 * width, 8 * width);
      const { output, response } = one.read(queries);
      for (let t = 0; t < 20; t++) {
        if (t === 7) continue;
        expect(response[t]).toBe(clean.response[t]);
        expect(output.slice(t * width, (t + 1) * width)).toEqual(
          clean.output.slice(t * width, (t + 1) * width),
        );
      }
      if (Number.isNaN(bad)) expect(response[7]).toBeNaN();
    }
  });
});

function reversed(x: Float32Array, columns: number): Float32Array {
  const rows = x.length / columns;
  return x.map((_, at) => {
    const t = rows - 1 - Math.floor(at / columns);
    return x[t * columns + (at % columns)] as number;
  });
}

describe('responses beyond float32', () => {
  it('come unscaled in float64, with their logarithm where even that overflows', () => {
    const { layer } = layerOf('cosine', 64, width);
    const given = tokens(3, 5, width, 600);
    const head = astrocyteHead({ width, hidden: layer });
    head.write(given.keys, given.values);
    const { response, logResponse, output } = head.read(given.queries);
    // exp(‖q‖²/2 + ‖k‖²/2) = e^600 fits a float64 only.
    response.forEach((c, t) => {
      expect(Math.abs(c)).toBeGreaterThan(1e200);
      expect(logResponse[t]).toBeCloseTo(Math.log(Math.abs(c)), 10);
    });
    expect(output.every((v) => Number.isFinite(v))).toBe(true);
    const far = tokens(3, 5, width, 1000);
    head.begin();
    head.write(far.keys, far.values);
    const beyond = head.read(far.queries);
    expect(beyond.response.every((c) => Math.abs(c) === Infinity)).toBe(true);
    expect(beyond.logResponse.every((c) => c > 900 && c < 1010)).toBe(true);
    expect(beyond.output.every((v) => Number.isFinite(v))).toBe(true);
  });

  it('are divided out also where a response is too faint to have an inverse in float32', () => {
    const weights = Float64Array.of(44.7, 0, -44.7);
    const hidden = hiddenLayer({ kind: 'performer', neurons: 3, width: 1, weights });
    const head = astrocyteHead({ width: 1, valueWidth: 1, scale: 1, hidden });
    head.write(Float32Array.of(1), Float32Array.of(3));
    const { output, logResponse } = head.read(Float32Array.of(-1));
    // Beside the largest activities of query and key the middle neuron's product is e^−89.4: a denormal float32.
    expect(logResponse[0]).toBeCloseTo(-1 - Math.log(3), 4);
    expect(output[0]).toBeCloseTo(3, 4);
  });
});

describe('signed kinds', () => {
  it.each([
    ['cosine', 8],
    ['clipped-sine', 8],
    ['linear', 5000],
  ])('%s: |c| is floored at 1e-6 of the largest, the sign kept', (kind, far) => {
    const made = layerOf(kind, 16, 2, 4);
    const head = astrocyteHead({ width: 2, hidden: made.layer });
    const keys = Float32Array.of(0.6, -0.2, 0.1, 0.9);
    const values = Float32Array.of(1, -2, 0.5, 3);
    head.write(keys, values);
    const near = Array.from({ length: 24 }, (_, i) => (i * Math.PI) / 12);
    const queries = Float32Array.from([
      ...near.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]),
      ...near.flatMap((angle) => [far * Math.cos(angle), far * Math.sin(angle)]),
    ]);
    const { output, response } = head.read(queries);
    const largest = response.reduce((top, c) => Math.max(top, Math.abs(c)), 0);
    const floored = response.filter((c) => Math.abs(c) < 1e-6 * largest);
    expect(floored.length).toBeGreaterThan(8);
    expect(floored.length).toBeLessThan(48);
    const truth = attend(activitiesOf(made, { queries, keys }), values);
    const gate = gates(truth.responses, true);
    output.forEach((y, at) => {
      const t = Math.floor(at / 2);
      const exact = (truth.numerators[at] as number) / (gate[t] as number);
      const size = (truth.numeratorSizes[at] as number) / Math.abs(gate[t] as number);
      const slack = ((truth.responseSizes[t] as number) / Math.abs(gate[t] as number)) * exact;
      expect(Math.abs(y - exact)).toBeLessThanOrEqual(1e-4 * (size + Math.abs(slack)));
    });
  });
});
