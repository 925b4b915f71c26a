import {
  fittedKinds,
  type HiddenOptions,
  hiddenKinds,
  samplings,
  TripartiteError,
} from '@tripartite/sdk';
import { allowedWords } from './suggestion.js';

/** The settings of a comparison as they come from the command line: words, not yet checked. */
export interface SettingFlags {
  readonly hidden?: string;
  readonly neurons?: string;
  readonly shared?: boolean;
  readonly sampling?: string;
  readonly seed?: string;
  readonly seeds?: string;
  readonly swap?: string;
}

/** The settings of a comparison, checked; `swap` only in its form, its range depends on the model. */
export interface Settings {
  readonly hidden: HiddenOptions;
  /** The file of a fitted layer, where `--hidden` names one. */
  readonly hiddenFile?: string;
  readonly seed: number;
  readonly seeds: number;
  readonly swap: string;
}

const defaults = { seed: '1', seeds: '1', swap: 'all' };

/** Words of `--hidden`: kinds that are drawn, and kinds that are fitted. */
const kinds: readonly string[] = [
  ...new Set([...hiddenKinds.map(({ name }) => name), ...fittedKinds]),
];

/**
 * Checks the settings of a comparison.
 * @throws TripartiteError BAD_INPUT, one line: option, what came, what is allowed.
 */
export function parseSettings(flags: SettingFlags): Settings {
  const hiddenFile = isFile(flags.hidden) ? flags.hidden : undefined;
  const seeds = parseWhole('--seeds', flags.seeds ?? defaults.seeds, 1, 1000);
  const seed = parseWhole('--seed', flags.seed ?? defaults.seed, 0, Number.MAX_SAFE_INTEGER);
  if (seed > Number.MAX_SAFE_INTEGER - (seeds - 1)) {
    throw new TripartiteError(
      'BAD_INPUT',
      `--seed ${seed} with --seeds ${seeds} goes past ${Number.MAX_SAFE_INTEGER}, the largest seed`,
    );
  }
  return {
    hidden: parseHidden(flags, hiddenFile !== undefined),
    ...(hiddenFile === undefined ? {} : { hiddenFile }),
    seed,
    seeds,
    swap: parseSwap(flags.swap ?? defaults.swap),
  };
}

/** Whether a word of `--hidden` is meant as a file: paths, and what ends as a fitted layer's file does. */
function isFile(word: string | undefined): boolean {
  return word !== undefined && (/[\\/]/.test(word) || word.toLowerCase().endsWith('.safetensors'));
}

function parseHidden(flags: SettingFlags, fromFile: boolean): HiddenOptions {
  const kind =
    flags.hidden === undefined || fromFile ? undefined : parseWord('--hidden', flags.hidden, kinds);
  const neurons =
    flags.neurons === undefined ? undefined : parseWhole('--neurons', flags.neurons, 1, 1_000_000);
  const sampling =
    flags.sampling === undefined ? undefined : parseWord('--sampling', flags.sampling, samplings);
  const drawn = hiddenKinds.some(({ name }) => name === kind);
  if (sampling !== undefined && (fromFile || (kind !== undefined && !drawn))) {
    throw new TripartiteError(
      'BAD_INPUT',
      `--sampling is '${sampling}', but --hidden ${flags.hidden} is fitted and draws nothing; leave --sampling out`,
    );
  }
  if (flags.shared === true && (fromFile || drawn || sampling !== undefined)) {
    throw new TripartiteError(
      'BAD_INPUT',
      '--shared chooses among the fitted hidden layers of a model; allowed with it is --hidden learned, fine-tuned or adapted',
    );
  }
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(neurons === undefined ? {} : { neurons }),
    ...(flags.shared === true ? { shared: true } : {}),
    ...(sampling === undefined ? {} : { sampling }),
  };
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
