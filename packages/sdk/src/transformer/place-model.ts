import type { Safetensors } from '../checkpoint/safetensors.js';
import { checkThreads, openEngine } from '../engine.js';
import { TripartiteError } from '../errors.js';
import { reserveMemory, withinMemory } from '../memory.js';
import { checkOpen, takeTurn } from '../turns.js';
import type { LoadOptions, Model } from './model.js';
import type { Plan } from './plan.js';
import { placeWeights } from './weights.js';

/** Where and how a model computes. */
export type Computing = Pick<LoadOptions, 'engine' | 'threads' | 'fast'>;

/** Throws `BAD_INPUT` unless the options name one engine, or none. */
export function checkComputing({ engine, threads, fast }: Computing): void {
  if (threads !== undefined) checkThreads(threads);
  if (engine) checkOpen(engine.kernels);
  if (engine && (threads !== undefined || fast !== undefined)) {
    throw new TripartiteError(
      'BAD_INPUT',
      'loadModel was given an engine and threads or fast; an engine has its own: give one or the other',
    );
  }
}

/** Copies the weights into the memory of the engine given, or of a new one; what fails leaves nothing behind. */
export async function placeModel(
  name: string,
  file: Safetensors,
  plan: Plan,
  needed: number,
  { engine, ...options }: Computing,
): Promise<Pick<Model, 'kernels' | 'weights' | 'close'>> {
  const { kernels, close } = engine ?? (await openEngine(options));
  const closeOwn = engine ? () => {} : close;
  return takeTurn(kernels, async () => {
    const mark = kernels.arena.mark();
    try {
      const weights = withinMemory(name, () => {
        reserveMemory(kernels.arena, needed);
        return placeWeights(kernels, file, plan);
      });
      return { kernels, weights, close: closeOwn };
    } catch (error) {
      kernels.arena.release(mark);
      closeOwn();
      throw error;
    }
  });
}
