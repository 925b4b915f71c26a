import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  /** Turns of every contest. */
  readonly alternations: number;
  /** Ours with the relaxed build, where the engine has relaxed SIMD. */
  readonly fast: boolean;
  /** Where the rows go as JSON. */
  readonly json?: string;
  /** How cost grows with the sizes, instead of the contests. */
  readonly slopes: boolean;
  /** Only contests whose name contains this. */
  readonly only: string;
}

/** Usage, for `--help` and wrong options. */
export const usage =
  'npm run bench -- [--quick] [--fast] [--json FILE] [--only NAME | --slopes | --page]';

/** Reads the options but `--page`, which run.mjs takes. Throws for anything else. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      fast: { type: 'boolean', default: false },
      json: { type: 'string' },
      slopes: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  return {
    alternations: values.quick ? 5 : 15,
    fast: values.fast,
    slopes: values.slopes,
    only: values.only,
    ...(values.json === undefined ? {} : { json: values.json }),
  };
}
