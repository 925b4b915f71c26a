import { TripartiteError } from '../errors.js';
import type { HiddenOptions } from '../hidden/create.js';
import type { Statistics } from '../hidden/statistics.js';
import { type ModelInput, prepareInput } from '../transformer/inputs.js';
import { checkAborted, type Model } from '../transformer/model.js';
import { readPlaces } from '../transformer/traces.js';
import { type Baseline, runBaseline } from './baseline.js';
import { chooseHidden } from './choose-hidden.js';
import type { Comparison, DetailedComparison } from './comparison.js';
import { picturesOf, tokenLabels } from './details.js';
import { compareTwin, type SeedRun } from './twin-runs.js';

/** Options of `compare`. */
export interface CompareOptions {
  /** Hidden neurons of every swapped head. Default: 256, of a fitted layer that the model brings, else `matched`. */
  readonly hidden?: HiddenOptions;
  /** First seed; also decides which patches are hidden. Default 1. */
  readonly seed?: number;
  /** How many seeds, counting on from the first; a fitted layer is the same under all of them. Default 1. */
  readonly seeds?: number;
  /** Heads to replace: `all` (default), `none`, or a list such as `0,2.1`. */
  readonly swap?: string;
  /** What calibrated kinds are fitted to, and then `matched` is the default. Default: the model's own statistics. */
  readonly calibration?: Statistics;
  readonly signal?: AbortSignal;
  /** Called with the share done and what is being done. */
  readonly onProgress?: (fraction: number, what: string) => void;
}

/** Checks a seed and a number of seeds; gives the list. Throws `BAD_INPUT`. */
export function listSeeds(seed: number, count: number): number[] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new TripartiteError('BAD_INPUT', `seed is ${seed}; a whole number from 0 is allowed`);
  }
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw new TripartiteError('BAD_INPUT', `seeds is ${count}; 1 to 1000 are allowed`);
  }
  return Array.from({ length: count }, (_, i) => seed + i);
}

async function compareRuns(
  model: Model,
  input: ModelInput,
  options: CompareOptions,
  detailed: boolean,
): Promise<{ comparison: Comparison; baseline: Baseline; first: SeedRun }> {
  const { hidden = {}, seed = 1, swap = 'all', signal, onProgress, calibration } = options;
  const seeds = listSeeds(seed, options.seeds ?? 1);
  readPlaces(swap, model.layers);
  const chosen = await chooseHidden(model, hidden, calibration);
  checkAborted(signal);
  onProgress?.(0, 'transformer');
  const baseline = await runBaseline(model, prepareInput(model, input, { seed }), signal);
  const settings = { seeds, swap, detailed, signal, onProgress };
  return { baseline, ...(await compareTwin(model, baseline, chosen, settings)) };
}

/**
 * The transformer beside its twin, in which neurons and astrocytes stand for softmax. With several seeds every
 * number is a mean, with its spread. Throws `BAD_INPUT`, `BAD_TEXT`, `BAD_IMAGE`, `OUT_OF_MEMORY`, `ABORTED`.
 */
export async function compare(
  model: Model,
  input: ModelInput,
  options: CompareOptions = {},
): Promise<Comparison> {
  return (await compareRuns(model, input, options, false)).comparison;
}

/** `compare` with attention maps, responses, synapses and pictures of the first seed. Throws as `compare`. */
export async function compareInDetail(
  model: Model,
  input: ModelInput,
  options: CompareOptions = {},
): Promise<DetailedComparison> {
  const { comparison, baseline, first } = await compareRuns(model, input, options, true);
  return {
    ...comparison,
    details: {
      tokens: tokenLabels(model, baseline.input),
      heads: first.details,
      ...picturesOf(baseline.input, baseline.result, first.result),
    },
  };
}
