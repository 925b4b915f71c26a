import type { Contest, Setting } from './contest.js';

/** Some contests of one name, set up, and their peers loaded, only when their turn comes. */
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

const roofline = () => import('./works/roofline.js');
const exp = () => import('./works/exp.js');
const memory = () => import('./works/memory.js');
const gemm = () => import('./works/gemm.js');
const attention = () => import('./works/attention.js');
const useLite = () => import('./works/use-lite.js');
const vit = () => import('./works/vit.js');

/** Everything that is measured, in order, on one thread and on all. */
export function contestEntries(threads: number, fast: boolean): Entry[] {
  const one: Setting = { threads: 1, fast };
  const settings = threads > 1 ? [one, { threads, fast }] : [one];
  return [
    entry('roofline gemm', roofline, (work) => work.roofline(1024, one)),
    entry('exp', exp, (work) => work.exponentials(1e6, one)),
    ...(['f32', 'f64'] as const).map((width) =>
      entry(`associative memory ${width}`, memory, (work) =>
        work.associativeMemory(width, 500, 10, 10, one),
      ),
    ),
    ...settings.flatMap((setting) => [
      ...products.map(([m, n, k]) => entry('gemm', gemm, (work) => work.gemm(m, n, k, setting))),
      entry('softmax attention', attention, (work) => work.softmaxAttention(2048, 64, setting)),
      ...[2048, 8192].map((tokens) =>
        entry('astrocyte attention', attention, (work) =>
          work.astrocyteAttention(tokens, 64, 256, setting),
        ),
      ),
    ]),
    entry('astrocyte attention', attention, (work) => work.ownAttentions(8192, 64, 256, one)),
    entry('use-lite', useLite, (work) => work.useLiteContests(32, one)),
    ...settings.map((setting) => entry('vit', vit, (work) => work.vitContest(100, setting))),
  ];
}

function entry<T>(
  name: string,
  load: () => Promise<T>,
  create: (work: T) => Promise<Contest | readonly Contest[]>,
): Entry {
  return {
    name,
    async open() {
      return [await create(await load())].flat();
    },
  };
}
