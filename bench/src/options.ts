import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  /** Turns of every contest. */
  readonly alternations: number;
  /** Ours with the relaxed build, where the engine has relaxed SIMD. */
  readonly fast: boolean;
  /** Where the rows go as JSON. */
  readonly json?: string;
  /** Only contests whose name contains this. */
  readonly only: string;
}

/** Usage, for `--help` and wrong options. */
export const usage = 'npm run bench -- [--quick] [--fast] [--json FILE] [--only NAME]';

/** Reads `--quick`, `--fast`, `--json FILE` and `--only NAME`. Throws for anything else. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      fast: { type: 'boolean', default: false },
      json: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  });
  return {
    alternations: values.quick ? 5 : 15,
    fast: values.fast,
    only: values.only,
    ...(values.json === undefined ? {} : { json: values.json }),
  };
}
