import { OutOfMemory } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import { astrocyteHead } from '../../src/attention/astrocyte-head.js';
import type { AttentionHead } from '../../src/attention/head.js';
import { softmaxHead } from '../../src/attention/softmax-head.js';
import { type Engine, openEngine } from '../../src/engine.js';
import { layerOf, tokens } from './data.js';

const [width, valueWidth, count] = [6, 4, 200];
const given = tokens(31, count, width, 5, valueWidth);
const before = tokens(32, 20, width, 5, valueWidth);
const mask = new Uint8Array(count).fill(1, 3);

type Call = (head: AttentionHead) => unknown;
const calls: [string, Call][] = [
  ['write', (head) => head.write(given.keys, given.values, mask)],
  ['read', (head) => head.read(given.queries)],
  ['stream', (head) => head.stream(given.queries, given.keys, given.values, mask)],
];

describe.each(calls)('φ of the user’s own that throws in the midst of %s', (_, call) => {
  it('leaves the head as it was, at whichever token', () => {
    let left = Infinity;
    const head = astrocyteHead({
      width,
      valueWidth,
      hidden: {
        kind: 'own',
        neurons: 9,
        width,
        signed: true,
        features(x, activity) {
          left -= 1;
          if (left < 0) throw new RangeError('too far');
          activity.fill(x[1] as number).fill(1, 4);
        },
      },
    });
    head.write(before.keys, before.values);
    const state = head.save();
    for (const calls of [0, 1, 119, 150, 196]) {
      left = calls;
      expect(() => call(head)).toThrow(new RangeError('too far'));
      left = Infinity;
      expect(head.save()).toEqual(state);
    }
    const twin = head.clone();
    expect(call(head)).toEqual(call(twin));
    expect(head.save()).toEqual(twin.save());
  });
});

/** Runs `work` where the engine's memory ends after so many allocations. */
function withLittleMemory<T>(
  { kernels: { arena } }: Engine,
  allocations: number,
  work: () => T,
): T {
  let left = allocations;
  const whole = { allocate: arena.allocate, floats: arena.floats, store: arena.store };
  const spending =
    <Args extends unknown[]>(allocate: (...args: Args) => number) =>
    (...args: Args): number => {
      left -= 1;
      if (left < 0) throw new OutOfMemory('none is left');
      return allocate(...args);
    };
  Object.assign(arena, {
    allocate: spending(whole.allocate),
    floats: spending(whole.floats),
    store: spending(whole.store),
  });
  try {
    return work();
  } finally {
    Object.assign(arena, whole);
  }
}

const makers: [string, (engine: Engine) => AttentionHead][] = [
  ...['performer', 'cosine'].map((kind): [string, (engine: Engine) => AttentionHead] => {
    const hidden = layerOf(kind, 20, width).layer;
    return [kind, (engine) => astrocyteHead({ width, valueWidth, hidden, engine })];
  }),
  ['softmax', (engine) => softmaxHead({ width, valueWidth, engine })],
];

describe.each(makers)('a head whose memory ends in the midst of a call, %s', async (_, make) => {
  const engine = await openEngine();
  const { arena } = engine.kernels;
  const longer = make(engine);
  for (let time = 0; time < 3; time++) longer.write(given.keys, given.values);
  const saved = longer.save();
  const started = (): AttentionHead => {
    const head = make(engine);
    head.write(before.keys, before.values);
    return head;
  };

  it.each([
    ...calls,
    ['save', (head) => head.save()],
    ['restore', (head) => head.restore(saved)],
  ] as typeof calls)('is as it was: %s', (_, call) => {
    const head = started();
    const state = head.save();
    const expected = started();
    const answer = call(expected);
    let failures = 0;
    for (;;) {
      const used = arena.used();
      try {
        expect(withLittleMemory(engine, failures, () => call(head))).toEqual(answer);
        break;
      } catch (error) {
        expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', message: 'head: none is left' });
      }
      failures += 1;
      expect(head.save()).toEqual(state);
      // Room that was made for tokens stays the head's.
      if (!('tokens' in head)) expect(arena.used()).toBe(used);
      expect(failures).toBeLessThan(30);
    }
    expect(head.save()).toEqual(expected.save());
  });
});
