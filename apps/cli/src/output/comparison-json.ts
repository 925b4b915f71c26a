import type { Build, Comparison, SideBySideTwin } from '@tripartite/sdk';
import type { Versions } from '../versions.js';

/** A comparison as `--json` prints it: the numbers, what was compared, and what made them. */
export interface ComparisonJson extends Comparison {
  readonly input: { readonly name: string; readonly sha256: string };
  /** Which build of the kernels computed. The number of threads changes no bit, and is not told. */
  readonly build: Build;
  readonly versions: Versions;
  /** With `--beside`: other hidden layers of equally many neurons, the compared one among them. */
  readonly beside?: readonly Pick<Comparison, 'hidden' | 'output' | 'spread' | 'runs'>[];
}

/** Picks the reported fields of a comparison, leaving its details out. */
export function describeComparison(
  comparison: Comparison,
  input: { readonly name: string; readonly sha256: string },
  build: Build,
  versions: Versions,
  beside?: readonly SideBySideTwin[],
): ComparisonJson {
  const { model, tokens, tokensBeforeCut, hidden, seed, seeds, swap } = comparison;
  const { output, heads, drift, spread, runs } = comparison;
  return {
    model,
    input: { name: input.name, sha256: input.sha256 },
    tokens,
    tokensBeforeCut,
    hidden,
    seed,
    seeds,
    swap,
    output,
    heads,
    drift,
    ...(spread === undefined ? {} : { spread }),
    ...(runs === undefined ? {} : { runs }),
    build,
    versions,
    ...(beside === undefined ? {} : { beside: beside.map(({ comparison }) => pick(comparison)) }),
  };
}

function pick({ hidden, output, spread, runs }: Comparison) {
  return {
    hidden,
    output,
    ...(spread === undefined ? {} : { spread }),
    ...(runs === undefined ? {} : { runs }),
  };
}
