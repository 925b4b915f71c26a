import type { Model } from '../transformer/model.js';
import type { FitInputs } from './inputs.js';
import { type StoredInput, storedBytes, storeInputs } from './stored-inputs.js';

/** Most bytes of stored inputs that are held at once. */
const poolBytes = 2 ** 30;

/** The inputs of each pool: as many, in their order, as fit into memory together; mostly that is one pool. */
export function dividePools(
  model: Pick<Model, 'plan' | 'tokenLimit'>,
  { training, prepare }: Pick<FitInputs, 'training' | 'prepare'>,
  most: number = poolBytes,
): number[][] {
  const pools: number[][] = [[]];
  let bytes = 0;
  for (const number of training) {
    const rows = model.plan.modality === 'text' ? prepare(number).ids?.length : undefined;
    const own = storedBytes(model, rows ?? model.tokenLimit);
    if (bytes + own > most && bytes > 0) {
      pools.push([]);
      bytes = 0;
    }
    pools.at(-1)?.push(number);
    bytes += own;
  }
  return pools;
}

/** Holds one pool at a time. */
export interface PoolHolder {
  /** The inputs of a pool; runs them through the transformer unless it is the one held. */
  hold(pool: number): Promise<readonly StoredInput[]>;
}

/** Holds the pools of a fit one after another. Within a turn on the model's kernels. */
export function createPoolHolder(
  model: Model,
  { prepare }: Pick<FitInputs, 'prepare'>,
  pools: readonly (readonly number[])[],
  options: {
    outputs: boolean;
    signal?: AbortSignal | undefined;
    onPool?: (pool: number, done: number) => void;
  },
): PoolHolder {
  let held: { pool: number; inputs: readonly StoredInput[] } | undefined;
  return {
    async hold(pool) {
      if (held?.pool === pool) return held.inputs;
      // Let go of before the next is stored, so that there are never two.
      held = undefined;
      const inputs = await storeInputs(model, pools[pool] ?? [], prepare, {
        outputs: options.outputs,
        signal: options.signal,
        onInput: (done) => options.onPool?.(pool, done),
      });
      held = { pool, inputs };
      return inputs;
    },
  };
}

/** The pool that a step of a phase draws from: each for an equal part of the phase, one after another. */
export function poolOfStep(pools: number, step: number, steps: number): number {
  return Math.min(pools - 1, Math.floor((step * pools) / steps));
}
