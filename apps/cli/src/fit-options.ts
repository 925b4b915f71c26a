import { type FitSettings, type FittedKind, fittedKinds, TripartiteError } from '@tripartite/sdk';
import { parseWhole, parseWord } from './options.js';

/** The settings of a fit as they come from the command line: words, not yet checked. */
export interface FitSettingFlags {
  readonly kind?: string;
  readonly neurons?: string;
  readonly shared?: boolean;
  readonly seed?: string;
  readonly steps?: string;
  readonly tuneSteps?: string;
}

/** Options of the settings that only some kinds have. */
const used: readonly (readonly [
  flag: 'shared' | 'steps' | 'tuneSteps',
  option: string,
  kinds: readonly FittedKind[],
])[] = [
  ['shared', '--shared', ['learned', 'fine-tuned', 'adapted']],
  ['steps', '--steps', ['learned', 'fine-tuned', 'adapted']],
  ['tuneSteps', '--tune-steps', ['fine-tuned', 'adapted']],
];

/**
 * Checks the settings of a fit; what is not given is left to `fit`.
 * @throws TripartiteError BAD_INPUT, one line: option, what came, what is allowed
 */
export function parseFitSettings(
  flags: FitSettingFlags,
): Partial<FitSettings> & Pick<FitSettings, 'kind'> {
  const kind = parseWord('--kind', flags.kind ?? 'learned', fittedKinds);
  for (const [flag, option, kinds] of used) {
    if (flags[flag] === undefined || kinds.includes(kind)) continue;
    throw new TripartiteError(
      'BAD_INPUT',
      `${option} changes nothing with --kind ${kind}; allowed is it with ${kinds.join(', ')}`,
    );
  }
  const whole = (
    name: 'neurons' | 'seed' | 'steps' | 'tuneSteps',
    option: string,
    least: number,
    most: number,
  ) => {
    const text = flags[name];
    return text === undefined ? {} : { [name]: parseWhole(option, text, least, most) };
  };
  return {
    kind,
    ...whole('neurons', '--neurons', 1, 16_384),
    ...whole('seed', '--seed', 0, Number.MAX_SAFE_INTEGER),
    ...whole('steps', '--steps', 1, 1_000_000),
    ...whole('tuneSteps', '--tune-steps', 1, 1_000_000),
    ...(flags.shared === true && { shared: true }),
  };
}
