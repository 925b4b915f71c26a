import type { Kernels } from '@tripartite/kernels';
import type { AdaptedTensors } from '../hidden/fitted/fitted-hidden.js';
import type { OptimisedRow } from './optimiser.js';
import type { ReverseWeights, TunedLinear } from './reverse/reverse-weights.js';

/** The projections of a transformer that are tuned together with its hidden layers. */
export interface Adaptation {
  /** Weight and bias of each, with Adam's running means. */
  readonly rows: readonly OptimisedRow[];
  /** The tensors as they are now, copied, by their names in the checkpoint. */
  tensors(): AdaptedTensors;
}

/** Makes room for tuning the linear layers that `weights` has copies of. */
export function createAdaptation({ arena }: Kernels, { tuned }: ReverseWeights): Adaptation {
  const rows = tuned.map(({ values, gradient, count }) => {
    const firstMoment = arena.floats(count);
    const secondMoment = arena.floats(count);
    return { parameters: values, gradient, firstMoment, secondMoment, count };
  });
  return {
    rows,
    tensors: () => Object.fromEntries(tuned.flatMap((linear) => readTensors(linear))),
  };

  /** Weight and bias under each name of a layer: query, key and value may be tensors of their own. */
  function readTensors({ names: { names, input, output }, values }: TunedLinear) {
    const part = output / names.length;
    return names.flatMap((name, at) => {
      const weight = arena.viewFloats(values + 4 * at * part * input, part * input).slice();
      const bias = arena.viewFloats(values + 4 * (output * input + at * part), part).slice();
      return [
        [`${name}.weight`, { shape: [part, input], data: weight }],
        [`${name}.bias`, { shape: [part], data: bias }],
      ] as const;
    });
  }
}
