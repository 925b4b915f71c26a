import { compileKernels } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import { astrocyteHead } from '../../src/attention/astrocyte-head.js';
import { boundCurvature, headLayer } from '../../src/fit/head-fit.js';
import { createGenerator, fillNormal } from '../../src/random/generator.js';
import { dot, rowOf } from '../compare/naive-network.js';
import { headFit } from './head-parameters.js';

await compileKernels();

describe.each([false, true])('the layer of fitted parameters, one φ: %s', (shared) => {
  const width = 6;
  const neurons = 9;
  const { kernels, head } = headFit(width, neurons, shared);
  const { layout, statistics, balance } = head;
  const generator = createGenerator(4, 'parameters');
  const row = kernels.arena.viewFloats(head.parameters, layout.length);
  row.set(fillNormal(generator, new Float64Array(layout.length)).map((x) => 0.4 * x));
  row.set([0.5, 0.2, 0.9, 0.001, 1.3, 0.05], layout.curvature);
  row.set([0.7, -0.3], layout.gains);
  const parameters = Array.from(row);
  const layer = headLayer(kernels, head, 'learned');

  /** φ of docs/model.md 2, of a token divided by d^¼, in float64. */
  const features = (side: 'query' | 'key', x: number[]): number[] => {
    const { queryMean: a, keyMean: b } = statistics;
    const [mean, map] = side === 'query' ? [a, balance.queryMap] : [b, balance.keyMap];
    const off = x.map((value, i) => value - (mean[i] as number));
    const seen = off.map((_, i) => dot(rowOf(map, i, width), off));
    const curved = seen.reduce(
      (sum, value, i) => sum + 0.5 * (parameters[layout.curvature + i] as number) * value * value,
      0,
    );
    const [gamma = 0, offset = 0] = parameters.slice(layout.gains);
    const gain =
      side === 'query'
        ? dot(b, x) - dot(a, b) + offset - (shared ? curved : 0)
        : gamma * dot(a, x) - curved;
    const [weights, bias] =
      side === 'query'
        ? [layout.queryWeights, layout.queryBias]
        : [layout.keyWeights, layout.keyBias];
    return Array.from({ length: neurons }, (_, r) => {
      const w = parameters.slice(weights + r * width, weights + (r + 1) * width);
      return Math.exp(dot(w, seen) + (parameters[bias + r] as number) + gain);
    });
  };

  it('answers a head’s tokens as φ(q)·φ(k) by hand', () => {
    const tokens = 7;
    const draw = () =>
      Float32Array.from(fillNormal(generator, new Float64Array(tokens * width)), (x) => 1.5 * x);
    const [queries, keys, values] = [draw(), draw(), draw()];
    const twin = astrocyteHead({ width, hidden: layer });
    twin.write(keys, values);
    const { output, logResponse } = twin.read(queries);
    const scaled = (x: Float32Array, t: number) => rowOf(x, t, width).map((v) => v / width ** 0.25);
    const written = Array.from({ length: tokens }, (_, s) => features('key', scaled(keys, s)));
    for (let t = 0; t < tokens; t++) {
      const phi = features('query', scaled(queries, t));
      const products = written.map((own) => dot(own, phi));
      const response = products.reduce((sum, x) => sum + x, 0);
      expect(logResponse[t]).toBeCloseTo(Math.log(response), 4);
      for (let j = 0; j < width; j++) {
        const sum = products.reduce((all, x, s) => all + x * (values[s * width + j] as number), 0);
        expect(output[t * width + j]).toBeCloseTo(sum / response, 4);
      }
    }
  });

  it('has one set of weights for both sides exactly where it is asked for', () => {
    expect(layer.query.weights.every((w, at) => w === layer.key.weights[at])).toBe(shared);
    expect(layer.query.norm).toBe(shared ? layer.key.norm : 0);
    expect(layer).toMatchObject({ kind: 'learned', activation: 'exponential', signed: false });
  });

  it('keeps the curvature of keys where its root exists', () => {
    const view = kernels.arena.viewFloats(head.parameters + 4 * layout.curvature, width);
    view.set([-1, 0, Number.NaN, 1e-9, 0.4, 2]);
    boundCurvature(kernels, head);
    expect(Array.from(view)).toEqual([1e-3, 1e-3, 1e-3, 1e-3, 0.4, 2].map(Math.fround));
  });
});
