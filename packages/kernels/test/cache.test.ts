import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askCache, fillCache, recall } from './placed-softmax.js';
import { rowOf } from './random-rows.js';
import { randomHead, run, same } from './random-softmax.js';
import { builds, firstDifference, inArena } from './workbench.js';

describe.each(builds)('a cache, $build', (kernels) => {
  it('gives back what was put in, whatever the chunks, masked values as 0', () => {
    const size = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 260 }),
        fc.integer({ min: 1, max: 260 }),
        size,
        size,
        fc.boolean(),
        (tokens, chunk, width, valueWidth, masked) => {
          const head = randomHead(tokens, { tokens, rows: 1, width, valueWidth }, 3, masked);
          const { k, v } = inArena(kernels, () =>
            recall(kernels, head, fillCache(kernels, head, chunk)),
          );
          const { keys, values, mask, scale } = head;
          const scaled = k.map((_, at) => {
            const [s, j] = [Math.floor(at / width), at % width];
            return (keys.values[s * keys.stride + j] as number) * scale;
          });
          const kept = v.map((_, at) => {
            const [s, j] = [Math.floor(at / valueWidth), at % valueWidth];
            return mask?.[s] === 0 ? 0 : (values.values[s * values.stride + j] as number);
          });
          return firstDifference(k, scaled) < 0 && firstDifference(v, kept) < 0;
        },
      ),
    );
  });

  it('may be enlarged by copying its bytes, as it grows', () => {
    const head = randomHead(7, { tokens: 250, rows: 9, width: 5, valueWidth: 6 });
    const whole = run(kernels, head);
    const grown = inArena(kernels, () => {
      const { arena } = kernels;
      const first = fillCache(kernels, { ...head, tokens: 100 }, 33);
      const second = fillCache(kernels, head, 250);
      const move = (to: number, from: number, bytes: number) => {
        arena.viewBytes(to, bytes).set(arena.viewBytes(from, bytes));
      };
      move(second.keys, first.keys, kernels.keyCacheBytes(100, 5));
      move(second.values, first.values, kernels.valueCacheBytes(100, 6));
      const { keys, values, scale } = head;
      const [k, v] = [arena.store(rowOf({ ...keys, stride: 600 }, 1)), arena.store(values.values)];
      const rest = v + 100 * values.stride * 4;
      kernels.cacheTokens(second.keys, second.values, k, 6, rest, 7, 0, scale, 100, 100, 5, 6);
      const later = arena.store(keys.values.subarray(200 * 6));
      const last = v + 200 * 7 * 4;
      kernels.cacheTokens(second.keys, second.values, later, 6, last, 7, 0, scale, 200, 50, 5, 6);
      return askCache(kernels, head, second);
    });
    expect(same(grown, whole)).toBe(true);
  });
});
