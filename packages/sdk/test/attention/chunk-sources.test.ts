import { astrocyteHead, type FunctionLayer, type Readout } from '@tripartite/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readChunks,
  type StreamChunk,
  streamChunks,
  type TokenChunk,
  writeChunks,
} from '../../src/attention/chunks.js';
import {
  chunksAt,
  collect,
  count,
  cut,
  given,
  heads,
  join,
  largestGap,
  later,
  mask,
  noting,
  valueWidth,
  width,
} from './chunk-data.js';

describe.each(heads)('chunks from a source into a head, %s', (_, make) => {
  const bar = 1e-6;
  const atOnce = make();
  atOnce.write(given.keys, given.values, mask);
  const whole = atOnce.read(given.queries);
  const causal = make().stream(given.queries, given.keys, given.values, mask);
  const scale = Math.max(...[...causal.output, ...causal.logResponse].map(Math.abs));

  it('give what one call gives, within 1e-6 of the largest value, wherever they are cut', async () => {
    expect(scale).toBeGreaterThan(1);
    const ends = fc.array(fc.nat(count), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(ends, ends, fc.boolean(), async (writing, reading, asynchronous) => {
        const give = <T>(items: T[]) => (asynchronous ? later(items) : items);
        const head = make();
        expect(await writeChunks(head, give(chunksAt(writing)))).toBe(count);
        const queries = chunksAt(reading).map((chunk) => chunk.queries);
        const read = await collect(readChunks(head, give(queries)));
        expect(largestGap(read, whole)).toBeLessThanOrEqual(bar * scale);
        head.begin();
        const streamed = await collect(streamChunks(head, give(chunksAt(writing))));
        expect(largestGap(streamed, causal)).toBeLessThanOrEqual(bar * scale);
      }),
      { numRuns: 25 },
    );
  });

  it('are made from the answers to those before', async () => {
    /** The next token from the last answer: a recurrence that no batch can run ahead of. */
    const next = (answer: Readout | undefined): StreamChunk => {
      if (!answer) return cut(0, 3);
      const last = answer.output.subarray(answer.output.length - valueWidth);
      const seed = Float32Array.from({ length: width }, (_unused, i) => {
        return (last[i % valueWidth] as number) * (1 + i / 4) + 0.1;
      });
      return { queries: seed, keys: seed.map((x) => 1 - x), values: last.map((y) => y * y - 0.4) };
    };
    const steps = 40;
    const byHand: Readout[] = [];
    const head = make();
    for (let step = 0; step < steps; step++) {
      const { queries, keys, values, mask: some } = next(byHand.at(-1));
      byHand.push(head.stream(queries, keys, values, some));
    }
    let answer: Readout | undefined;
    async function* generate(): AsyncGenerator<StreamChunk> {
      for (let step = 0; step < steps; step++) {
        await new Promise(setImmediate);
        yield next(answer);
      }
    }
    const answers: Readout[] = [];
    for await (answer of streamChunks(make(), generate())) answers.push(answer);
    expect(answers).toEqual(byHand);
    expect(new Set(join(answers)).size).toBeGreaterThan(steps);
  });

  it.each([false, true])('are asked for one by one (asynchronous: %j)', async (asynchronous) => {
    const { source, events } = noting(chunksAt([100]), asynchronous);
    for await (const { response } of streamChunks(make(), source)) {
      events.push(`answer of ${response.length}`);
    }
    expect(events).toEqual(['next 0', 'answer of 100', 'next 1', 'answer of 160', 'next 2']);
  });

  it.each([false, true])('tell the source when nobody asks on (asynchronous: %j)', async (a) => {
    const { source, events } = noting(chunksAt([50, 100]), a);
    for await (const answer of streamChunks(make(), source)) {
      if (answer.response.length === 50) break;
    }
    expect(events).toEqual(['next 0', 'return']);
  });

  it('leave the head as it was before a bad one, and tell the source', async () => {
    const [first, second, third] = chunksAt([100, 180]) as [StreamChunk, StreamChunk, StreamChunk];
    const expected = make();
    expected.write(first.keys, first.values, first.mask);
    const bad: [unknown, string][] = [
      [{ ...second, values: second.values.subarray(1) }, 'BAD_SHAPE'],
      [{ ...second, mask: new Uint8Array(3) }, 'BAD_SHAPE'],
      [{ ...second, keys: [...second.keys] }, 'BAD_INPUT'],
      [{ values: second.values }, 'BAD_INPUT'],
      [null, 'BAD_INPUT'],
      [7, 'BAD_INPUT'],
    ];
    for (const [chunk, code] of bad) {
      const items = [first, chunk as StreamChunk, third];
      const head = make();
      const writing = noting<TokenChunk>(items, true);
      await expect(writeChunks(head, writing.source)).rejects.toMatchObject({ code });
      expect(head.save()).toEqual(expected.save());
      expect(writing.events).toEqual(['next 0', 'next 1', 'return']);
      const streaming = noting(items, false);
      const streamed = make();
      const answers = streamChunks(streamed, streaming.source);
      await answers.next();
      const before = streamed.save();
      await expect(answers.next()).rejects.toMatchObject({ code });
      expect(streamed.save()).toEqual(before);
      expect(streaming.events).toEqual(['next 0', 'next 1', 'return']);
    }
  });

  it('stop where the signal fires, with whole chunks written', async () => {
    const controller = new AbortController();
    const { source, events } = noting(chunksAt([100, 180]), true);
    const head = make();
    const told: number[] = [];
    const stopped = writeChunks(head, source, {
      signal: controller.signal,
      onProgress(sum) {
        told.push(sum);
        if (sum === 180) controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({
      code: 'ABORTED',
      message: 'stopped by its AbortSignal after 180 tokens',
    });
    expect(told).toEqual([100, 180]);
    expect(events).toEqual(['next 0', 'next 1', 'return']);
    const expected = make();
    for (const { keys, values, mask: some } of chunksAt([100, 180]).slice(0, 2)) {
      expected.write(keys, values, some);
    }
    expect(head.save()).toEqual(expected.save());
    const { signal } = controller;
    for (const work of [
      () => writeChunks(head, source, { signal }),
      () => readChunks(head, [given.queries], { signal }).next(),
      () => streamChunks(head, chunksAt([]), { signal }).next(),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: 'ABORTED' });
    }
  });

  it('let timers in, also from a source that never waits', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1);
    function* endless(): Generator<TokenChunk> {
      for (let i = 0; i < 1_000_000; i++) yield cut(0, 20);
    }
    await expect(
      writeChunks(make(), endless(), { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('pass on what the source throws', async () => {
    const fault = new Error('the line is dead');
    async function* failing(): AsyncGenerator<StreamChunk> {
      yield cut(0, 10);
      throw fault;
    }
    await expect(writeChunks(make(), failing())).rejects.toBe(fault);
    await expect(collect(streamChunks(make(), failing()))).rejects.toBe(fault);
  });

  it('need a source that can be iterated', async () => {
    for (const [source, came] of [
      [undefined, 'Undefined'],
      [null, 'Null'],
      [5, 'Number'],
      [cut(0, 3), 'Object'],
    ] as const) {
      const expected = {
        code: 'BAD_INPUT',
        message: `source of chunks is a ${came}; an Iterable or AsyncIterable is allowed`,
      };
      await expect(writeChunks(make(), source as never)).rejects.toMatchObject(expected);
      expect(() => readChunks(make(), source as never)).toThrow(expect.objectContaining(expected));
      expect(() => streamChunks(make(), source as never)).toThrow(
        expect.objectContaining(expected),
      );
    }
    // Forgotten brackets: numbers come where arrays should.
    await expect(readChunks(make(), given.queries as never).next()).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'queries is a Number; a Float32Array is allowed',
    });
  });

  it('may be none, or empty', async () => {
    const head = make();
    expect(await writeChunks(head, [])).toBe(0);
    expect(await writeChunks(head, [cut(4, 4), cut(9, 9)])).toBe(0);
    expect(await collect(readChunks(head, []))).toEqual([]);
    expect(head.save()).toEqual(make().save());
  });
});

describe('a head with the user’s own φ', () => {
  it('is as it was before a chunk in which φ throws', async () => {
    const hidden: FunctionLayer = {
      kind: 'mine',
      neurons: 3,
      width,
      signed: false,
      features(x, activity) {
        if ((x[0] as number) > 50) throw new RangeError('too large');
        activity.fill(1 + Math.abs(x[1] as number));
      },
    };
    const chunk = cut(0, 200);
    const keys = chunk.keys.slice();
    // Behind the first block, whose tokens are written by then.
    keys[191 * width] = 1000;
    const head = astrocyteHead({ width, valueWidth, hidden });
    await expect(writeChunks(head, [chunk, { ...chunk, keys }])).rejects.toThrow('too large');
    const expected = astrocyteHead({ width, valueWidth, hidden });
    expected.write(chunk.keys, chunk.values, chunk.mask);
    expect(head.save()).toEqual(expected.save());
  });
});
