import type { Kernels, Pointer } from '@tripartite/kernels';
import { parseSafetensors } from '../checkpoint/safetensors.js';
import { writeSafetensors } from '../checkpoint/safetensors-writer.js';
import { TripartiteError } from '../errors.js';

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

/** Arrays in the arena by name: all that a fit changes. */
export type FitState = Readonly<Record<string, { readonly at: Pointer; readonly count: number }>>;

const format = 'tripartite-fit-checkpoint';

/**
 * A fit as bytes, from which it goes on to the same bits. `identity` is what must be the same: model, inputs and
 * settings.
 */
export function encodeProgress(
  { arena }: Kernels,
  state: FitState,
  progress: FitProgress,
  identity: string,
): Uint8Array {
  const { phase, step, history } = progress;
  const tensors = Object.entries(state).map(([name, { at, count }]) => [
    name,
    { shape: [count], data: arena.viewFloats(at, count).slice() },
  ]);
  return writeSafetensors(Object.fromEntries(tensors), {
    format,
    identity,
    progress: JSON.stringify({ phase, step, history }),
  });
}

/**
 * Puts a fit back where it was; returns where that is. Throws `BAD_CHECKPOINT` for bytes of something else and
 * `BAD_INPUT` for a fit of another model, other inputs or settings.
 */
export function restoreProgress(
  { arena }: Kernels,
  state: FitState,
  bytes: Uint8Array,
  identity: string,
): FitProgress {
  const file = parseSafetensors(bytes, 'checkpoint of a fit');
  if (file.metadata.format !== format) {
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
  for (const [name, { at, count }] of Object.entries(state)) {
    arena.viewFloats(at, count).set(file.float32(name, [count]));
  }
  return JSON.parse(file.metadata.progress ?? '{}') as FitProgress;
}
