import photoMae from '@tripartite/model-photo-mae';
import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { astrocyteHead } from '../../src/attention/astrocyte-head.js';
import { softmaxHead } from '../../src/attention/softmax-head.js';
import { compare, compareInDetail } from '../../src/compare/compare.js';
import { runTwin, twinAttend } from '../../src/compare/twin.js';
import { hiddenSource } from '../../src/hidden/create.js';
import type { Picture } from '../../src/image/picture.js';
import { type ForwardOptions, forward } from '../../src/transformer/forward.js';
import { prepareInput } from '../../src/transformer/inputs.js';
import { loadModel, type Model } from '../../src/transformer/model.js';
import { countRows, type PreparedInput, type Stream } from '../../src/transformer/stream.js';
import { copyRows, readPlaces } from '../../src/transformer/traces.js';
import { readPhotographs, readTestDigits } from '../fixtures/reference.js';
import { bitsOf, withBits } from '../transformer/bits.js';

const digit = { image: readTestDigits()[7] as Picture };

/** Keeps a copy of the residual stream after each layer. */
function keepStreams({ kernels }: Model) {
  const streams: Float32Array[] = [];
  const afterLayer = (_layer: number, _stack: string, stream: Stream): void => {
    streams.push(kernels.arena.viewFloats(stream.x, countRows(stream) * stream.width).slice());
  };
  return { streams, afterLayer };
}

describe.each([
  ['use-lite', useLite, { text: 'Astrocytes wrap around the synapses of neurons.' }],
  ['vit-digits', vitDigits, digit],
  ['photo-mae', photoMae, { image: readPhotographs().tiger as Picture }],
])('the twin of %s', { timeout: 60_000 }, async (_, pack, input) => {
  const model = await loadModel(pack);
  const { prepared } = prepareInput(model, input);
  const source = hiddenSource({ kind: 'matched', neurons: 32 }, await model.statistics());
  const streamsOf = async (
    work: (options: ForwardOptions) => Promise<unknown>,
  ): Promise<Float32Array[]> => {
    const { streams, afterLayer } = keepStreams(model);
    await work({ afterLayer });
    return streams;
  };
  const all = model.layers.flatMap(({ heads }, layer) =>
    Array.from({ length: heads }, (_unused, head) => `${layer}.${head}`),
  );
  const own = await streamsOf((options) => forward(model, [prepared], options));
  const ownBits = own.map(bitsOf);
  const twinStreams = (swap: string): Promise<Float32Array[]> => {
    const swapped = readPlaces(swap, model.layers);
    return streamsOf((options) =>
      runTwin(model, [prepared], { source, seed: 1, swapped }, options),
    );
  };

  it('is the transformer bit for bit where no head is swapped', async () => {
    const recipe = { source, seed: 1, swapped: () => false };
    const outputs = await runTwin(model, [prepared], recipe);
    expect(outputs.map(bitsOf)).toEqual((await forward(model, [prepared])).map(bitsOf));
    expect((await twinStreams('none')).map(bitsOf)).toEqual(ownBits);
    const { swap, drift, heads, output } = await compare(model, input, {
      swap: 'none',
      hidden: { neurons: 16 },
    });
    expect(swap).toEqual([]);
    expect(drift.map(({ relative }) => relative)).toEqual(model.layers.map(() => 0));
    expect(heads).toHaveLength(all.length);
    for (const head of heads) {
      expect(head.swapped).toBe(false);
      expect(head.outputError).toBeGreaterThan(0);
    }
    const expected = {
      embedding: { relativeError: 0 },
      label: { agreement: 1, logitError: 0, logitDifference: 0 },
      picture: { loss: 0, agreement: Infinity },
    };
    expect(output).toMatchObject(expected[output.type]);
  });

  it('comes back to the transformer as softmax is put back, layer by layer', async () => {
    const layers = model.layers.map((_unused, layer) => String(layer));
    for (let put = 0; put < layers.length; put++) {
      const streams = (await twinStreams(layers.slice(put).join())).map(bitsOf);
      streams.forEach((bits, layer) => {
        if (layer < put) expect(bits).toBe(ownBits[layer]);
        else expect(bits).not.toBe(ownBits[layer]);
      });
    }
  });

  it('differs from the transformer by each single head', async () => {
    for (const place of all) {
      const streams = (await twinStreams(place)).map(bitsOf);
      const changed = Number(place.split('.')[0]);
      expect(streams.slice(0, changed)).toEqual(ownBits.slice(0, changed));
      expect(streams[changed]).not.toBe(ownBits[changed]);
    }
  });

  it.each([0, 3, all.length - 1])(
    'has softmax’s bits in head number %i, put back',
    async (back) => {
      const swapped = readPlaces(all.filter((_unused, i) => i !== back).join(), model.layers);
      const inner = twinAttend(model, { source, seed: 1, swapped });
      let compared = 0;
      await forward(model, [prepared], {
        attend(call, batch) {
          inner(call, batch);
          for (const { q, k, v, out } of batch) {
            const { headWidth: width, layer, head: index } = call;
            const rows = [q, k, v].map((one) => copyRows(model.kernels, one, width));
            const [queries, keys, values] = rows as [Float32Array, Float32Array, Float32Array];
            const head = swapped(call)
              ? astrocyteHead({ width, hidden: source({ layer, head: index, width }, 1) })
              : softmaxHead({ width });
            head.begin();
            head.write(keys, values);
            const output = copyRows(model.kernels, out, width);
            expect(bitsOf(output)).toBe(bitsOf(head.read(queries).output));
            compared++;
          }
        },
      });
      expect(compared).toBe(all.length);
    },
  );

  it('reports the drift of the residual stream after each layer', async () => {
    const twin = await twinStreams('all');
    const { drift } = await compare(model, input, { hidden: { kind: 'matched', neurons: 32 } });
    expect(drift.map(({ stack }) => stack)).toEqual(model.layers.map(({ stack }) => stack));
    drift.forEach(({ layer, relative }, at) => {
      expect(layer).toBe(at);
      const truth = own[at] as Float32Array;
      const off = Array.from(twin[at] as Float32Array, (x, i) => x - (truth[i] as number));
      expect(relative).toBeCloseTo(Math.hypot(...off) / Math.hypot(...truth), 9);
    });
  });

  it('gives single runs bit for bit in a batch', async () => {
    const others: PreparedInput[] =
      'text' in input
        ? ['A short one.', 'Neurons and glia '.repeat(20)].map(
            (text) => prepareInput(model, { text }).prepared,
          )
        : [2, 3].map((seed) => prepareInput(model, input, { seed }).prepared);
    const batch = [others[0], prepared, others[1]] as PreparedInput[];
    const recipe = { source, seed: 1, swapped: () => true };
    const singles = await Promise.all(batch.map((one) => runTwin(model, [one], recipe)));
    expect((await runTwin(model, batch, recipe)).map(bitsOf)).toEqual(
      singles.map(([output]) => bitsOf(output)),
    );
  });

  it('gives equal comparisons for equal options, and others for another seed', async () => {
    const options = { hidden: { kind: 'performer', neurons: 16 }, seed: 9 };
    const first = await compareInDetail(model, input, options);
    expect(withBits(await compareInDetail(model, input, options))).toEqual(withBits(first));
    const { details, ...comparison } = first;
    expect(await compare(model, input, options)).toEqual(comparison);
    expect(details.heads).toHaveLength(all.length);
    const other = await compare(model, input, { ...options, seed: 10 });
    expect(other.heads).not.toEqual(first.heads);
  });
});
