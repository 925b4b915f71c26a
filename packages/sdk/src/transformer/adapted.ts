import type { Kernels } from '@tripartite/kernels';
import type { Safetensors } from '../checkpoint/safetensors.js';
import { TripartiteError } from '../errors.js';
import type { AdaptedTensors } from '../hidden/fitted/fitted-hidden.js';
import { reserveMemory, withinMemory } from '../memory.js';
import { takeTurn } from '../turns.js';
import type { Plan } from './plan.js';
import { placeWeights, type Weights } from './weights.js';

/** How far tensors of a transformer were moved. */
export interface Adaptation {
  /** Tensors that changed. */
  readonly tensors: number;
  /** ‖W′ − W‖ / ‖W‖ over all of them together, Frobenius. */
  readonly relativeChange: number;
}

/** A checkpoint with some tensors replaced. Throws, when one is read, as the checkpoint does. */
function overlay(file: Safetensors, tensors: AdaptedTensors): Safetensors {
  return {
    ...file,
    float32(name, expected) {
      const own = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
      // Read even so: its shape is checked, and a change must be of something that is there.
      const before = file.float32(name, expected);
      if (!own) return before;
      const shape = file.shape(name);
      if (own.shape.join() === shape.join() && own.data.length === before.length) return own.data;
      throw new TripartiteError(
        'BAD_SHAPE',
        `adapted tensor "${name}" has shape (${own.shape.join(', ')}); ${file.file} has (${shape.join(', ')}); they must match`,
      );
    },
  };
}

/** Measures how far the tensors were moved. Throws `MISSING_TENSOR`. */
export function measureAdaptation(file: Safetensors, tensors: AdaptedTensors): Adaptation {
  let [moved, size] = [0, 0];
  for (const [name, { data }] of Object.entries(tensors)) {
    file.float32(name).forEach((before, i) => {
      const step = (data[i] as number) - before;
      moved += step * step;
      size += before * before;
    });
  }
  return { tensors: Object.keys(tensors).length, relativeChange: Math.sqrt(moved / size) };
}

/**
 * Places the weights that changed beside those of the model, which stay as they are; the memory is the engine's until
 * it is dropped. Throws `MISSING_TENSOR`, `BAD_SHAPE`, `BAD_INPUT` for a tensor that the model does not compute with,
 * `OUT_OF_MEMORY`.
 */
export function placeAdapted(
  kernels: Kernels,
  file: Safetensors,
  plan: Plan,
  tensors: AdaptedTensors,
  base: Weights,
): Promise<Weights> {
  const bytes = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
  return takeTurn(kernels, async () => {
    const mark = kernels.arena.mark();
    try {
      return withinMemory(file.file, () => {
        // Packed weights and, for a while, their rows.
        reserveMemory(kernels.arena, 3 * bytes);
        const names = new Set(Object.keys(tensors));
        return placeWeights(kernels, overlay(file, tensors), plan, { base, names });
      });
    } catch (error) {
      kernels.arena.release(mark);
      throw error;
    }
  });
}
