import type { Kernels } from '@tripartite/kernels';
import type { Model } from '../transformer/model.js';
import type { HeadFit } from './head-fit.js';
import type { FitInputs } from './inputs.js';
import { fillPool, type PlacedMaps, type PooledInput, pooledBytes } from './token-pool.js';

/** Most bytes of the tokens that are held at once. */
const poolBytes = 768 * 2 ** 20;

/** The inputs of each pool: as many, in their order, as fit into memory together. */
export function dividePools(
  fits: readonly HeadFit[],
  { training, prepare }: FitInputs,
  tokenLimit: number,
  most: number = poolBytes,
): number[][] {
  const pools: number[][] = [[]];
  let bytes = 0;
  for (const number of training) {
    const own = pooledBytes(fits, prepare(number).ids?.length ?? tokenLimit);
    if (bytes + own > most && bytes > 0) {
      pools.push([]);
      bytes = 0;
    }
    pools.at(-1)?.push(number);
    bytes += own;
  }
  return pools;
}

/** What holds one pool at a time in the arena, above what was there. */
export interface PoolHolder {
  /** The inputs of a pool; runs them through the transformer unless it is the one held. */
  hold(pool: number): Promise<readonly PooledInput[]>;
}

/** Holds the pools of a fit one after another. Within a turn on the model's kernels. */
export function createPoolHolder(
  model: Model,
  fits: readonly HeadFit[],
  maps: PlacedMaps,
  { prepare }: FitInputs,
  pools: readonly (readonly number[])[],
  options: { signal?: AbortSignal | undefined; onPool?: (pool: number, done: number) => void },
): PoolHolder {
  const { arena }: Kernels = model.kernels;
  const mark = arena.mark();
  let held: { pool: number; inputs: readonly PooledInput[] } | undefined;
  return {
    async hold(pool) {
      if (held?.pool === pool) return held.inputs;
      arena.release(mark);
      held = undefined;
      const inputs = await fillPool(model, fits, maps, pools[pool] ?? [], prepare, {
        signal: options.signal,
        onInput: (done) => options.onPool?.(pool, done),
      });
      held = { pool, inputs };
      return inputs;
    },
  };
}
