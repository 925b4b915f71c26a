import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { compare, compareInDetail } from '../../src/compare/compare.js';
import { hiddenLayer } from '../../src/hidden/create.js';
import { invert } from '../../src/image/convert.js';
import type { Picture } from '../../src/image/picture.js';
import { prepareInput } from '../../src/transformer/inputs.js';
import { loadModel } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { readPhotographs, readTestDigits } from '../fixtures/reference.js';
import { largestDifference } from '../transformer/differences.js';
import {
  dot,
  naiveFeatures,
  naiveNetwork,
  naiveSoftmax,
  rowOf,
  scaledRows,
} from './naive-network.js';

const digit = readTestDigits()[4] as Picture;

describe('details of a head', { timeout: 60_000 }, async () => {
  const model = await loadModel(vitDigits);
  const hidden = { kind: 'matched', neurons: 24 };
  const input = { image: digit };
  const { details, heads } = await compareInDetail(model, input, { hidden, seed: 2 });
  const { heads: traces } = await run(model, input, { trace: 'all' });
  const { layers } = await model.statistics();
  const parts = details.heads.map((detail, at) => {
    const trace = traces[at];
    const statistics = layers[detail.layer]?.[detail.head];
    if (!trace || !statistics) throw new Error('no such head');
    const { width } = trace;
    const stream = [detail.layer, detail.head];
    const layer = hiddenLayer({ ...hidden, width, seed: 2, stream, statistics });
    return { detail, trace, layer, width, at };
  });

  it('are responses and normalisers with their logarithms', () => {
    for (const { detail, trace, layer, width } of parts) {
      const { response } = naiveNetwork(layer, trace);
      const exact = naiveSoftmax(trace, width).response;
      response.forEach((c, t) => {
        expect((detail.response[t] as number) / c).toBeCloseTo(1, 4);
        expect(detail.logResponse[t]).toBeCloseTo(Math.log(c), 4);
        expect((detail.normaliser[t] as number) / (exact[t] as number)).toBeCloseTo(1, 5);
        expect(detail.logNormaliser[t]).toBeCloseTo(Math.log(exact[t] as number), 5);
      });
    }
  });

  it('are attention weights whose rows sum to 1', () => {
    for (const { detail, trace, layer, width } of parts) {
      const exact = { softmax: naiveSoftmax(trace, width), network: naiveNetwork(layer, trace) };
      for (const key of ['softmax', 'network'] as const) {
        const weights = detail.attention[key];
        expect(largestDifference(weights, exact[key].weights.flat())).toBeLessThan(1e-4);
        for (let t = 0; t < 50; t++) {
          const sum = weights.subarray(t * 50, (t + 1) * 50).reduce((a, b) => a + b, 0);
          expect(sum).toBeCloseTo(1, 5);
        }
      }
    }
  });

  it('are synapses H and g that give output and response: y = H φ(q) / g·φ(q)', () => {
    for (const { detail, trace, layer, width, at } of parts) {
      const { H, g, neurons, exponent } = detail.state;
      expect(H).toHaveLength(width * neurons);
      expect(g).toHaveLength(neurons);
      const output = scaledRows(trace.queries, width).flatMap((q, t) => {
        const phi = naiveFeatures(layer, 'query', q);
        const c = dot(g, phi);
        expect((detail.response[t] as number) / (c * 2 ** exponent)).toBeCloseTo(1, 4);
        return Array.from({ length: width }, (_, j) => dot(rowOf(H, j, neurons), phi) / c);
      });
      const off = output.map((y, i) => y - (trace.output[i] as number));
      const error = Math.hypot(...off) / Math.hypot(...trace.output);
      expect(heads[at]?.outputError).toBeCloseTo(error, 5);
    }
  });
});

describe('details of an input', { timeout: 60_000 }, () => {
  it('are the pieces of a text and both embeddings', async () => {
    const model = await loadModel(useLite);
    const input = { text: 'Calcium waves travel slowly.' };
    const hidden = { neurons: 16 };
    const { details, tokens } = await compareInDetail(model, input, { hidden });
    const result = await run(model, input);
    if (result.type !== 'embedding') throw new Error('no embedding');
    expect(details.tokens).toEqual({ type: 'text', pieces: result.pieces });
    expect(tokens).toBe(result.pieces.length);
    expect(details.outputs?.softmax).toEqual(result.embedding);
    expect(details.outputs?.twin).not.toEqual(result.embedding);
    expect(details.pictures).toBeUndefined();
  });

  it('say that a text was cut', async () => {
    const model = await loadModel(useLite);
    const text = 'calcium '.repeat(300);
    const { tokens, tokensBeforeCut } = await compare(model, { text }, { hidden: { neurons: 8 } });
    expect(tokens).toBe(128);
    expect(tokensBeforeCut).toBe(model.tokenizer?.encode(text).ids.length);
  });

  it('are the patches of a digit, and the digit that was inverted', async () => {
    const model = await loadModel(vitDigits);
    const input = { image: invert(digit) };
    const { details, output } = await compareInDetail(model, input, { hidden: { neurons: 64 } });
    const patches = [-1, ...Array.from({ length: 49 }, (_, i) => i)];
    expect(details.tokens).toEqual({
      type: 'patches',
      grid: 7,
      encoder: patches,
      decoder: patches,
    });
    expect(details.pictures?.inverted).toBe(true);
    expect(details.pictures?.original.data).toEqual(digit.data);
    const result = await run(model, { image: digit });
    if (result.type !== 'label') throw new Error('no label');
    expect(details.outputs?.softmax).toEqual(result.logits);
    expect(output).toMatchObject({ label: result.label });
  });

  it('are the visible patches of a photograph in the encoder’s order, and both paintings', async () => {
    const model = await loadModel(photoMae);
    const input = { image: readPhotographs().moose as Picture };
    const { details, output } = await compareInDetail(model, input, {
      hidden: { neurons: 32 },
      seed: 3,
    });
    const { prepared, mask } = prepareInput(model, input, { seed: 3 });
    const shuffle = prepared.order?.shuffle ?? new Int32Array();
    const seen = [...shuffle.subarray(0, 72)];
    expect(seen.every((patch) => mask?.[patch] === 0)).toBe(true);
    expect(details.tokens).toMatchObject({ grid: 12, encoder: [-1, ...seen] });
    const result = await run(model, input, { seed: 3 });
    if (result.type !== 'picture' || output.type !== 'picture') throw new Error('no picture');
    const { pictures } = details;
    expect(pictures?.original).toEqual(result.original);
    expect(pictures?.masked).toEqual(result.masked);
    expect(pictures?.softmax).toEqual(result.painting);
    expect(pictures?.twin?.data).not.toEqual(result.painting.data);
    expect(output.psnr).toBe(result.psnr);
    expect(output.loss).toBe(output.psnr - output.psnrTwin);
    const stacks = details.heads.map(({ stack }) => stack);
    expect(stacks).toEqual([...Array(20).fill('encoder'), ...Array(6).fill('decoder')]);
  });
});
