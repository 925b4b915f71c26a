import { describe, expect, it } from 'vitest';
import { astrocyteHead } from '../../src/attention/astrocyte-head.js';
import type { AttentionHead } from '../../src/attention/head.js';
import { softmaxHead } from '../../src/attention/softmax-head.js';
import type { Engine } from '../../src/engine.js';
import type { FunctionLayer, HiddenLayer } from '../../src/hidden/hidden-layer.js';
import { layerOf, tokens } from '../attention/data.js';
import { withBits } from '../transformer/bits.js';
import { countCalls, sharedEngines } from './teams.js';

// No size is a multiple of a lane, a tile or a number of threads, and all are large enough for eight shares.
const [count, neurons, width, valueWidth] = [1203, 269, 17, 9];
const given = tokens(7, count, width, 3, valueWidth);
const mask = Uint8Array.from({ length: count }, (_, t) => ((t * 7) % 11 < 3 ? 0 : 1));

/** A φ of the user's own, signed. */
const own: FunctionLayer = {
  kind: 'own',
  neurons,
  width,
  signed: true,
  features(x, activity) {
    for (let r = 0; r < neurons; r++) {
      activity[r] = (x[r % width] as number) + (r % 3) + 0.01 * (x[(r + 5) % width] as number);
    }
  },
};

const layers: Record<string, HiddenLayer> = {
  performer: layerOf('performer', neurons, width).layer,
  matched: layerOf('matched', neurons, width).layer,
  'cosine, signed': layerOf('cosine', neurons, width).layer,
  'a function, signed': own,
};

const makers: [string, (engine: Engine) => AttentionHead][] = [
  ['softmax', (engine) => softmaxHead({ width, valueWidth, engine })],
  ...Object.entries(layers).map(([name, hidden]): [string, (engine: Engine) => AttentionHead] => [
    name,
    (engine) => astrocyteHead({ width, valueWidth, hidden, engine }),
  ]),
];

/** All that a head says in a life: written in unequal parts, read, streamed on, with a mask and without. */
function liveOnce(head: AttentionHead): unknown[] {
  const { queries, keys, values } = given;
  return [undefined, mask].map((some) => {
    head.begin();
    head.write(keys, values, some);
    const read = head.read(queries);
    const written = head.save();
    const part = 500;
    const streamed = head.stream(
      queries.subarray(0, part * width),
      keys.subarray(0, part * width),
      values.subarray(0, part * valueWidth),
      some?.subarray(0, part),
    );
    const answers = [read, streamed].map(({ output, response, logResponse }) => ({
      output,
      response,
      logResponse,
    }));
    return withBits({ answers, written, end: head.save() });
  });
}

describe.each(makers)('a head on several threads, %s', async (name, make) => {
  const engines = await sharedEngines();

  it('gives the bits of one thread, every time', () => {
    const [one, ...others] = engines;
    const alone = liveOnce(make(one));
    expect(alone[0]).not.toEqual(alone[1]);
    for (const engine of others) {
      for (let time = 0; time < 2; time++) {
        expect(liveOnce(make(engine)), `${engine.threads} threads`).toEqual(alone);
      }
    }
  });

  it('shares its work among all of them, and on one thread none', async () => {
    const { queries, keys, values } = given;
    const softmax = name === 'softmax';
    const reading = softmax ? 'readSoftmax' : 'readTokens';
    for (const engine of engines) {
      const { threads, kernels } = engine;
      const head = make(engine);
      const write = () => head.write(keys, values);
      // Softmax only stores tokens, on the caller's thread.
      expect(await countCalls(kernels, 'writeTokens', write)).toEqual(softmax ? [] : [threads]);
      const [shares = 0] = await countCalls(kernels, reading, () => head.read(queries));
      if (threads === 1) expect(shares).toBe(1);
      // More than one for each, so that nobody waits long for the last.
      else expect(shares).toBeGreaterThan(threads);
      const few = () => head.read(queries.subarray(0, 8 * width));
      expect(await countCalls(kernels, reading, few)).toEqual([1]);
    }
  });
});
