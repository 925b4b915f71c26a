import type { Contest } from './contest.js';
import { astrocyteAttention, ownAttentions, softmaxAttention } from './works/attention.js';
import { exponentials } from './works/exp.js';
import { gemm } from './works/gemm.js';
import { associativeMemory } from './works/memory.js';
import { roofline } from './works/roofline.js';
import { useLiteContests } from './works/use-lite.js';
import { vitContest } from './works/vit.js';

/** Some contests of one name, set up only when their turn comes. */
export interface Entry {
  readonly name: string;
  open(): Promise<readonly Contest[]>;
}

/** Rows, width of the rows, columns of the products. */
const products = [
  [1024, 1024, 1024],
  [512, 4096, 64],
  [128, 768, 256],
] as const;

/** Everything that is measured, in order, on one thread and on all. */
export function contestEntries(threads: number): Entry[] {
  const counts = threads > 1 ? [1, threads] : [1];
  const single = (name: string, open: () => Contest | Promise<Contest>): Entry => ({
    name,
    open: async () => [await open()],
  });
  return [
    single('roofline gemm', () => roofline(1024)),
    single('exp', () => exponentials(1e6)),
    single('associative memory f32', () => associativeMemory('f32', 500, 10, 10)),
    single('associative memory f64', () => associativeMemory('f64', 500, 10, 10)),
    ...counts.flatMap((count) => [
      ...products.map(([m, n, k]) => single('gemm', () => gemm(m, n, k, count))),
      single('softmax attention', () => softmaxAttention(2048, 64, count)),
      single('astrocyte attention', () => astrocyteAttention(2048, 64, 256, count)),
      single('astrocyte attention', () => astrocyteAttention(8192, 64, 256, count)),
    ]),
    single('astrocyte attention', () => ownAttentions(8192, 64, 256)),
    { name: 'use-lite', open: () => useLiteContests(32) },
    ...counts.map((count) => single('vit', () => vitContest(100, count))),
  ];
}
