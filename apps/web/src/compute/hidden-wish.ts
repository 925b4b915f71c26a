import {
  type FittedChoice,
  type FittedEntry,
  type HiddenOptions,
  hiddenKinds,
  type Model,
  TripartiteError,
} from '@tripartite/sdk';
import type { HiddenWish } from './messages.js';

/** What a wish comes down to. */
export interface GrantedWish {
  readonly hidden: Pick<HiddenOptions, 'kind' | 'shared' | 'neurons'>;
  /** Why it is another hidden layer than the one wished for. */
  readonly warning?: string;
}

/** What remains of a wish where fitted layers are out of reach: draws, which need no file. */
export function withoutFitted({ neurons }: HiddenWish, error: unknown): GrantedWish {
  // Only foreseen failures are lived with.
  if (!(error instanceof TripartiteError)) throw error;
  const warning = `The learned neurons are missing, as ${error.message}. Matched ones stand in.`;
  return { hidden: { kind: 'matched', neurons }, warning };
}

/** The fitted layers that a model brings, or why they cannot be listed. */
export interface Listing {
  readonly entries: readonly FittedEntry[];
  readonly error?: unknown;
}

/** Lists the fitted layers that a model brings. */
export async function listFitted(model: Model): Promise<Listing> {
  try {
    return { entries: await model.fittedLayers() };
  } catch (error) {
    return { entries: [], error };
  }
}

/**
 * Loads what a hidden layer needs, so that the time told is that of computing alone. Where its file cannot be had,
 * `matched` stands in; kinds that the model lacks become its default.
 */
export async function grantWish(
  model: Model,
  wish: HiddenWish,
  { entries, error }: Listing,
): Promise<GrantedWish> {
  const { kind, shared, neurons } = wish;
  const drawn = hiddenKinds.find(({ name }) => name === kind);
  if (drawn) {
    if (drawn.needsStatistics) await model.statistics();
    return { hidden: { kind: drawn.name, neurons } };
  }
  const has = (test: (entry: FittedEntry) => boolean) => entries.some(test);
  const brought = has(
    (entry) => entry.kind === kind && (shared === undefined || entry.shared === shared),
  );
  const preferred = has((entry) => entry.kind === 'learned' || entry.kind === 'fine-tuned');
  const hidden = {
    neurons,
    ...(brought && kind !== undefined && { kind }),
    ...(brought && shared !== undefined && { shared }),
  };
  if (brought || preferred) {
    try {
      await model.fitted(hidden as FittedChoice);
      return { hidden };
    } catch (failure) {
      await model.statistics();
      return withoutFitted(wish, failure);
    }
  }
  await model.statistics();
  return error === undefined
    ? { hidden: { kind: 'matched', neurons } }
    : withoutFitted(wish, error);
}
