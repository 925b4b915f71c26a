import { type HiddenOptions, hiddenKinds, samplings, TripartiteError } from '@tripartite/sdk';
import { allowedWords } from './suggestion.js';

/** The settings of a comparison as they come from the command line: words, not yet checked. */
export interface SettingFlags {
  readonly hidden?: string;
  readonly neurons?: string;
  readonly sampling?: string;
  readonly seed?: string;
  readonly seeds?: string;
  readonly swap?: string;
}

/** The settings of a comparison, checked; `swap` only in its form, its range depends on the model. */
export interface Settings {
  readonly hidden: HiddenOptions;
  readonly seed: number;
  readonly seeds: number;
  readonly swap: string;
}

const defaults = { hidden: 'matched', neurons: '256', seed: '1', seeds: '1', swap: 'all' };

/**
 * Checks the settings of a comparison.
 * @throws TripartiteError BAD_INPUT, one line: option, what came, what is allowed.
 */
export function parseSettings(flags: SettingFlags): Settings {
  const kinds = hiddenKinds.map(({ name }) => name);
  const kind = parseWord('--hidden', flags.hidden ?? defaults.hidden, kinds);
  const neurons = parseWhole('--neurons', flags.neurons ?? defaults.neurons, 1, 1_000_000);
  const sampling =
    flags.sampling === undefined ? undefined : parseWord('--sampling', flags.sampling, samplings);
  const seeds = parseWhole('--seeds', flags.seeds ?? defaults.seeds, 1, 1000);
  const seed = parseWhole('--seed', flags.seed ?? defaults.seed, 0, Number.MAX_SAFE_INTEGER);
  if (seed > Number.MAX_SAFE_INTEGER - (seeds - 1)) {
    throw new TripartiteError(
      'BAD_INPUT',
      `--seed ${seed} with --seeds ${seeds} goes past ${Number.MAX_SAFE_INTEGER}, the largest seed`,
    );
  }
  const hidden = { kind, neurons, ...(sampling === undefined ? {} : { sampling }) };
  return { hidden, seed, seeds, swap: parseSwap(flags.swap ?? defaults.swap) };
}

/**
 * A whole number written in decimal digits, within [`lowest`, `highest`].
 * @throws TripartiteError BAD_INPUT
 */
export function parseWhole(option: string, text: string, lowest: number, highest: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lowest && value <= highest) return value;
  throw new TripartiteError(
    'BAD_INPUT',
    `${option} is '${text}'; allowed is a whole number from ${lowest} to ${highest}`,
  );
}

/**
 * One of the words that an option takes.
 * @throws TripartiteError BAD_INPUT, with the near miss where there is one
 */
export function parseWord<W extends string>(
  option: string,
  word: string,
  allowed: readonly W[],
): W {
  const found = allowed.find((candidate) => candidate === word);
  if (found !== undefined) return found;
  throw new TripartiteError(
    'BAD_INPUT',
    `${option} is '${word}', which is unknown; ${allowedWords(word, allowed)}`,
  );
}

/**
 * `all`, `none`, or places `LAYER` and `LAYER.HEAD` separated by commas (blanks around them are dropped).
 * @throws TripartiteError BAD_INPUT
 */
export function parseSwap(text: string): string {
  const places = text.split(',').map((place) => place.trim());
  if (text.trim() === 'all' || text.trim() === 'none') return text.trim();
  const wrong = places.find((place) => !/^\d{1,6}(\.\d{1,6})?$/.test(place));
  if (wrong === undefined) return places.join(',');
  throw new TripartiteError(
    'BAD_INPUT',
    `--swap has '${wrong}'; allowed: all, none, or places LAYER or LAYER.HEAD counted from 0 and separated by commas, as in 0,2.1`,
  );
}
