import useLite from '@tripartite/model-use-lite';
import vitDigits from '@tripartite/model-vit-digits';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../src/compare/calibrate.js';
import { compare } from '../../src/compare/compare.js';
import { hiddenLayer } from '../../src/hidden/create.js';
import { readStatistics, statisticsArrays } from '../../src/hidden/statistics.js';
import { loadModel } from '../../src/transformer/model.js';
import { run } from '../../src/transformer/run.js';
import { readTestDigits } from '../fixtures/reference.js';
import { largestDifference } from '../transformer/differences.js';
import { naiveMeasures } from './naive-measures.js';
import { naiveNetwork, naiveSoftmax, scaledRows } from './naive-network.js';

function moments(rows: readonly number[][]) {
  const width = rows[0]?.length ?? 0;
  const mean = Array.from(
    { length: width },
    (_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / rows.length,
  );
  const off = rows.map((row) => row.map((x, i) => x - (mean[i] as number)));
  const covariance = mean.flatMap((_, i) =>
    mean.map(
      (_unused, j) =>
        off.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0) / rows.length,
    ),
  );
  return { mean, covariance };
}

describe('calibrate', { timeout: 60_000 }, async () => {
  const model = await loadModel(vitDigits);
  const inputs = readTestDigits()
    .slice(20, 24)
    .map((image) => ({ image }));
  const statistics = await calibrate(model, inputs);

  it('gives the moments of every head’s queries and keys', async () => {
    const runs = await run(model, inputs, { trace: 'all' });
    model.layers.forEach(({ heads, headWidth: width }, layer) => {
      for (let head = 0; head < heads; head++) {
        const traces = runs.map((one) => one.heads[layer * heads + head]);
        const rows = (side: 'queries' | 'keys') =>
          moments(traces.flatMap((trace) => scaledRows(trace?.[side] ?? [], width)));
        const [queries, keys] = [rows('queries'), rows('keys')];
        const own = statistics.layers[layer]?.[head];
        expect(largestDifference(own?.queryMean ?? [], queries.mean)).toBeLessThan(1e-6);
        expect(largestDifference(own?.keyMean ?? [], keys.mean)).toBeLessThan(1e-6);
        expect(largestDifference(own?.queryCovariance ?? [], queries.covariance)).toBeLessThan(
          1e-6,
        );
        expect(largestDifference(own?.keyCovariance ?? [], keys.covariance)).toBeLessThan(1e-6);
      }
    });
  });

  it('drives matched neurons in place of the model’s own statistics', async () => {
    const [input] = inputs;
    if (!input) throw new Error('no digit');
    const hidden = { kind: 'matched', neurons: 20 };
    const { heads } = await compare(model, input, { hidden, calibration: statistics });
    expect(heads).not.toEqual((await compare(model, input, { hidden })).heads);
    const { heads: traces } = await run(model, input, { trace: '1.2' });
    const [trace] = traces;
    const own = statistics.layers[1]?.[2];
    if (!trace || !own) throw new Error('no head 1.2');
    const { width } = trace;
    const layer = hiddenLayer({ ...hidden, width, stream: [1, 2], statistics: own });
    const expected = naiveMeasures(
      naiveSoftmax(trace, width),
      naiveNetwork(layer, trace),
      trace.values,
      width,
    );
    expect(heads[6]?.outputError).toBeCloseTo(expected.outputError, 5);
  });

  it('survives being written as arrays and read again', () => {
    const again = readStatistics(statisticsArrays(statistics, model.layers), model.layers);
    again.layers.flat().forEach((head, at) => {
      const truth = statistics.layers.flat()[at];
      for (const key of ['queryMean', 'keyMean', 'queryCovariance', 'keyCovariance'] as const) {
        expect(head[key]).toEqual(truth?.[key].map(Math.fround));
      }
    });
  });

  it('takes texts of different lengths for a text model', async () => {
    const text = await loadModel(useLite);
    const { layers } = await calibrate(text, [
      { text: 'Glia.' },
      { text: 'A longer one follows.' },
    ]);
    expect(layers.map((heads) => heads.map(({ keyMean }) => keyMean.length))).toEqual([
      [64, 64, 64, 64],
      [128, 128, 128, 128],
    ]);
  });

  it('refuses to calibrate on nothing, and stops when its signal has fired', async () => {
    await expect(calibrate(model, [])).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'calibration saw no tokens',
    });
    await expect(calibrate(model, inputs, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});
