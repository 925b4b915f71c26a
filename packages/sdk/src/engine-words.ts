import type { Build } from '@tripartite/kernels';
import type { Engine } from './engine.js';

const buildWords: Readonly<Record<Build, string>> = {
  plain: 'plain SIMD',
  relaxed: 'relaxed SIMD: last bits may differ between processors',
};

/** The words by which reports name a build of the kernels. */
export function describeBuild(build: Build): string {
  return buildWords[build];
}

/** The words by which reports say how something was computed, as `2 threads, plain SIMD`. */
export function describeEngine({ threads, build }: Pick<Engine, 'threads' | 'build'>): string {
  return `${threads} thread${threads === 1 ? '' : 's'}, ${describeBuild(build)}`;
}
