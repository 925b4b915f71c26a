import type { Kernels } from '@tripartite/kernels';
import { parseSafetensors } from '../checkpoint/safetensors.js';
import { writeSafetensors } from '../checkpoint/safetensors-writer.js';
import { TripartiteError } from '../errors.js';
import type { HeadFit } from './head-fit.js';

/** The held-out loss after a step. */
export interface HeldOutLoss {
  readonly step: number;
  readonly loss: number;
}

/** Where a fit stands. */
export interface FitProgress {
  /** Name of the phase, as `learn` or `tune`. */
  readonly phase: string;
  /** Steps of the phase that are done. */
  readonly step: number;
  /** Held-out losses of the phase so far. */
  readonly history: readonly HeldOutLoss[];
}

const arrays = ['parameters', 'firstMoment', 'secondMoment'] as const;
const nameOf = (at: number, array: string): string => `heads.${at}.${array}`;

/**
 * A fit as bytes, from which it goes on to the same bits. `identity` is what must be the same: model, inputs and
 * settings.
 */
export function encodeProgress(
  { arena }: Kernels,
  fits: readonly HeadFit[],
  progress: FitProgress,
  identity: string,
): Uint8Array {
  const tensors = Object.fromEntries(
    fits.flatMap((fit, at) =>
      arrays.map((array) => [
        nameOf(at, array),
        {
          shape: [fit.layout.length],
          data: arena.viewFloats(fit[array], fit.layout.length).slice(),
        },
      ]),
    ),
  );
  return writeSafetensors(tensors, {
    format: 'tripartite-fit-checkpoint',
    identity,
    progress: JSON.stringify(progress),
  });
}

/**
 * Puts a fit back where it was; returns where that is. Throws `BAD_CHECKPOINT` for bytes of something else and
 * `BAD_INPUT` for a fit of another model, other inputs or settings.
 */
export function restoreProgress(
  { arena }: Kernels,
  fits: readonly HeadFit[],
  bytes: Uint8Array,
  identity: string,
): FitProgress {
  const file = parseSafetensors(bytes, 'checkpoint of a fit');
  if (file.metadata.format !== 'tripartite-fit-checkpoint') {
    throw new TripartiteError(
      'BAD_CHECKPOINT',
      'checkpoint of a fit: this is another kind of file',
    );
  }
  if (file.metadata.identity !== identity) {
    throw new TripartiteError(
      'BAD_INPUT',
      'checkpoint belongs to a fit of another model, other inputs or other settings; remove it to begin anew',
    );
  }
  fits.forEach((fit, at) => {
    for (const array of arrays) {
      const values = file.float32(nameOf(at, array), [fit.layout.length]);
      arena.viewFloats(fit[array], fit.layout.length).set(values);
    }
  });
  return JSON.parse(file.metadata.progress ?? '{}') as FitProgress;
}
