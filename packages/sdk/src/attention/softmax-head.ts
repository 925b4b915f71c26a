import { TripartiteError } from '../errors.js';
import { withinMemory } from '../memory.js';
import { checkFree } from '../turns.js';
import { arrayCalls, completeOptions, headKernels } from './array-calls.js';
import type { HeadOptions, SoftmaxHead } from './head.js';
import { createSoftmax } from './softmax.js';

/**
 * A head of softmax attention with a cache of its own, to compare with. `await compileKernels()` (or
 * `loadModel`) must have been called once before. Throws `BAD_INPUT` for bad widths.
 */
export function softmaxHead(options: HeadOptions): SoftmaxHead {
  const { width, valueWidth, scale } = completeOptions(options);
  const kernels = headKernels(options);
  checkFree(kernels);
  const { arena } = kernels;
  const mechanism = createSoftmax(kernels, width, valueWidth, scale);
  const { cache } = mechanism;

  /** Runs `work` in memory that is freed however it ends. */
  const freeing = <T>(work: () => T): T =>
    withinMemory('head', () => {
      const mark = arena.mark();
      try {
        return work();
      } finally {
        arena.release(mark);
      }
    });

  const head: SoftmaxHead = {
    width,
    valueWidth,
    ...arrayCalls(kernels, mechanism, width, valueWidth),
    get tokens() {
      return cache.tokens;
    },
    save: () =>
      freeing(() => {
        const { tokens } = cache;
        const k = arena.floats(tokens * width);
        const v = arena.floats(tokens * valueWidth);
        kernels.recallTokens(k, v, cache.keys, cache.values, tokens, width, valueWidth);
        const keys = arena.viewFloats(k, tokens * width).slice();
        const values = arena.viewFloats(v, tokens * valueWidth).slice();
        const mask = Float32Array.from(arena.viewBytes(cache.mask, tokens));
        return { kind: 'softmax', arrays: { keys, values, mask }, exponent: 0 };
      }),
    restore({ kind, arrays: { keys, values, mask } }) {
      const tokens = mask?.length ?? 0;
      if (
        kind !== 'softmax' ||
        !mask ||
        keys?.length !== tokens * width ||
        values?.length !== tokens * valueWidth
      ) {
        throw new TripartiteError(
          'BAD_INPUT',
          `state is of a head of kind ${kind} with ${keys?.length ?? 0} key values; this softmax head has width ${width} and values of ${valueWidth}`,
        );
      }
      checkFree(kernels);
      withinMemory('head', () => mechanism.reserve(tokens - cache.tokens));
      freeing(() => {
        const k = arena.store(keys);
        const v = arena.store(values);
        kernels.cacheTokens(
          cache.keys,
          cache.values,
          k,
          width,
          v,
          valueWidth,
          0,
          1,
          0,
          tokens,
          width,
          valueWidth,
        );
      });
      arena.viewBytes(cache.mask, tokens).set(mask);
      cache.masked = mask.includes(0);
      cache.tokens = tokens;
    },
    clone() {
      const twin = softmaxHead(options);
      twin.restore(head.save());
      return twin;
    },
  };
  return head;
}
