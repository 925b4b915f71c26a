import type { Contest, Setting } from './contest.js';
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
export function contestEntries(threads: number, fast: boolean): Entry[] {
  const one: Setting = { threads: 1, fast };
  const settings = threads > 1 ? [one, { threads, fast }] : [one];
  const single = (name: string, open: () => Contest | Promise<Contest>): Entry => ({
    name,
    open: async () => [await open()],
  });
  return [
    single('roofline gemm', () => roofline(1024, one)),
    single('exp', () => exponentials(1e6, one)),
    single('associative memory f32', () => associativeMemory('f32', 500, 10, 10, one)),
    single('associative memory f64', () => associativeMemory('f64', 500, 10, 10, one)),
    ...settings.flatMap((setting) => [
      ...products.map(([m, n, k]) => single('gemm', () => gemm(m, n, k, setting))),
      single('softmax attention', () => softmaxAttention(2048, 64, setting)),
      single('astrocyte attention', () => astrocyteAttention(2048, 64, 256, setting)),
      single('astrocyte attention', () => astrocyteAttention(8192, 64, 256, setting)),
    ]),
    single('astrocyte attention', () => ownAttentions(8192, 64, 256, one)),
    { name: 'use-lite', open: () => useLiteContests(32, one) },
    ...settings.map((setting) => single('vit', () => vitContest(100, setting))),
  ];
}
