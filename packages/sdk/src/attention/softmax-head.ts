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

  const head: SoftmaxHead = {
    width,
    valueWidth,
    ...arrayCalls(kernels, mechanism, width, valueWidth),
    get tokens() {
      return cache.tokens;
    },
    save() {
      const { tokens } = cache;
      const mark = arena.mark();
      const k = arena.floats(tokens * width);
      const v = arena.floats(tokens * valueWidth);
      kernels.recallTokens(k, v, cache.keys, cache.values, tokens, width, valueWidth);
      const keys = arena.viewFloats(k, tokens * width).slice();
      const values = arena.viewFloats(v, tokens * valueWidth).slice();
      arena.release(mark);
      const mask = Float32Array.from(arena.viewBytes(cache.mask, tokens));
      return { kind: 'softmax', arrays: { keys, values, mask }, exponent: 0 };
    },
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
      mechanism.begin();
      withinMemory('head', () => mechanism.reserve(tokens));
      const mark = arena.mark();
      kernels.cacheTokens(
        cache.keys,
        cache.values,
        arena.store(keys),
        width,
        arena.store(values),
        valueWidth,
        0,
        1,
        0,
        tokens,
        width,
        valueWidth,
      );
      arena.release(mark);
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
