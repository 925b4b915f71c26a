import { availableParallelism } from 'node:os';
import { type Build, type EngineOptions, mostThreads, TripartiteError } from '@tripartite/sdk';

/** How to compute, as it comes from the command line. */
export interface EngineFlags {
  readonly threads?: string;
  readonly fast?: boolean;
}

/**
 * Checks how to compute; `cores` is what `all` stands for.
 * @throws TripartiteError BAD_INPUT
 */
export function parseEngine(
  { threads, fast = false }: EngineFlags,
  cores: number = availableParallelism(),
): Required<EngineOptions> {
  return { threads: parseThreads(threads, cores), fast };
}

function parseThreads(text: string | undefined, cores: number): number {
  // A single comparison by a model that ships gains less from a second thread than starting it takes.
  if (text === undefined) return 1;
  if (text === 'all') return Math.min(cores, mostThreads);
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= mostThreads) return value;
  throw new TripartiteError(
    'BAD_INPUT',
    `--threads is '${text}'; allowed is a whole number from 1 to ${mostThreads}, or all`,
  );
}

/** The line that says that `--fast` was asked for in vain; `undefined` where it was not. */
export function describeFallback(fast: boolean | undefined, build: Build): string | undefined {
  if (fast !== true || build === 'relaxed') return undefined;
  return `--fast changes nothing here, as Node ${process.versions.node} has no relaxed SIMD: the plain build computes`;
}
