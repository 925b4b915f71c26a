import { createGenerator } from '../random/generator.js';
import type { StreamLabel } from '../random/stream-hash.js';

/** The numbers 0 … count − 1 in random order (Fisher and Yates). */
export function shuffled(count: number, seed: number, ...stream: readonly StreamLabel[]): number[] {
  const generator = createGenerator(seed, ...stream);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = generator.integer(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

/**
 * Gives the inputs of any step: epoch after epoch, each in a random order of its own. A function of the step alone, so
 * that a fit may go on from wherever it was stopped.
 */
export function createBatches(
  count: number,
  batch: number,
  seed: number,
  stream: StreamLabel,
): (step: number) => number[] {
  let epoch = -1;
  let order: number[] = [];
  return (step) =>
    Array.from({ length: Math.min(batch, count) }, (_, i) => {
      const place = step * Math.min(batch, count) + i;
      const own = Math.floor(place / count);
      if (own !== epoch) {
        epoch = own;
        order = shuffled(count, seed, 'fit-batches', stream, epoch);
      }
      return order[place % count] as number;
    });
}
