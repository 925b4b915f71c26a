import {
  type CompareOptions,
  type Comparison,
  compareInDetail,
  type DetailedComparison,
  type Model,
  type Statistics,
} from '@tripartite/sdk';
import { noteFitted } from './hidden-choice.js';
import { describeCut, describeInversion, describeShortness } from './input-notes.js';
import type { NamedInput } from './inputs.js';
import type { Settings } from './options.js';
import type { Notes } from './output/progress.js';

/** One input with its comparison. */
export interface ComparedItem<C extends Comparison = Comparison> {
  readonly input: NamedInput;
  readonly comparison: C;
}

/** What is compared, by what, how. */
export interface Job {
  readonly model: Model;
  readonly inputs: readonly NamedInput[];
  readonly settings: Settings;
  /** The user's own; a model brings its own otherwise. */
  readonly calibration: Statistics | undefined;
  readonly notes: Notes;
}

/**
 * Compares each input in turn, saying what was cut or inverted; `keep` takes of each comparison what is
 * needed later (attention maps of a thousand inputs would fill the memory).
 */
export async function compareAll<C extends Comparison>(
  { model, inputs, settings, calibration, notes }: Job,
  keep: (comparison: DetailedComparison) => C,
): Promise<ComparedItem<C>[]> {
  const { hidden, seed, seeds, swap } = settings;
  const items: ComparedItem<C>[] = [];
  for (const [index, input] of inputs.entries()) {
    const options: CompareOptions = {
      hidden,
      seed,
      seeds,
      swap,
      ...(calibration === undefined ? {} : { calibration }),
      onProgress: (fraction, what) =>
        notes.progress((index + fraction) / inputs.length, `${input.name}: ${what}`),
    };
    const comparison = await compareInDetail(model, await input.read(), options);
    if (index === 0) noteFitted(comparison.hidden, settings, notes);
    noteOddities(model, input.name, comparison, notes);
    items.push({ input, comparison: keep(comparison) });
  }
  notes.flush();
  return items;
}

/** Keeps the numbers of a comparison only. */
export function withoutDetails({ details: _, ...comparison }: DetailedComparison): Comparison {
  return comparison;
}

function noteOddities(
  model: Model,
  name: string,
  { tokens, tokensBeforeCut, details }: DetailedComparison,
  notes: Notes,
): void {
  if (details.tokens.type === 'text') {
    const { pieces } = details.tokens;
    const cut = describeCut({ name, tokens, tokensBeforeCut, pieces }, model);
    if (cut !== undefined) notes.note(cut);
    const short = describeShortness(name, tokensBeforeCut);
    if (short !== undefined) notes.note(short);
  }
  if (details.pictures?.inverted === true) notes.note(describeInversion(name));
}
