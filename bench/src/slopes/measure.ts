import { hiddenLayer } from '@tripartite/sdk';
import { type Contestant, measure, type Setting } from '../contest.js';
import { ourAstrocyte, ourSoftmax } from '../works/own-heads.js';
import { type Curve, crossing, slope, upperHalf } from './line.js';

type Head = 'astrocyte' | 'softmax';

/** Tokens N, neurons m of the astrocyte head, width d of keys and values. */
export interface Sizes {
  readonly N: number;
  readonly m: number;
  readonly d: number;
}

/** How the time of one head grows with one size, the others fixed. */
export interface Growth extends Curve {
  readonly head: Head;
  readonly axis: keyof Sizes;
  /** The sizes that stay; that of the axis does not count. */
  readonly fixed: Sizes;
  /** Half the distance between the quartiles over the median, for each size. */
  readonly spread: readonly number[];
  /** Power of the size, over all points and over the upper half of them. */
  readonly slope: number;
  readonly upperSlope: number;
}

/** What `--slopes` finds. */
export interface Slopes {
  readonly growths: readonly Growth[];
  /** Tokens from which on the astrocyte head is faster than the softmax head, and at which m and d. */
  readonly overtakes: { readonly N: number | null; readonly m: number; readonly d: number };
}

interface Axis {
  readonly axis: keyof Sizes;
  readonly sizes: readonly number[];
  readonly fixed: Sizes;
  readonly heads: readonly Head[];
}

const axes: readonly Axis[] = [
  {
    axis: 'N',
    sizes: [512, 1024, 2048, 4096, 8192, 16384],
    fixed: { N: 0, m: 256, d: 64 },
    heads: ['astrocyte', 'softmax'],
  },
  {
    axis: 'm',
    sizes: [64, 128, 256, 512, 1024, 2048],
    fixed: { N: 2048, m: 0, d: 64 },
    heads: ['astrocyte'],
  },
  {
    axis: 'd',
    sizes: [16, 32, 64, 128, 256],
    fixed: { N: 2048, m: 256, d: 0 },
    heads: ['astrocyte', 'softmax'],
  },
];

/** Around N = 2m, where both heads have as many products and sums. */
const meeting: Axis = {
  axis: 'N',
  sizes: [64, 128, 192, 256, 384, 512, 768, 1024],
  fixed: { N: 0, m: 256, d: 64 },
  heads: ['astrocyte', 'softmax'],
};

/** Times our two heads over every axis, on one thread; all sizes and heads of an axis take turns. */
export async function measureSlopes(alternations: number, fast: boolean): Promise<Slopes> {
  const growths: Growth[] = [];
  for (const axis of axes) growths.push(...(await measureAxis(axis, alternations, fast)));
  const [astrocyte, softmax] = (await measureAxis(meeting, alternations, fast)) as [Growth, Growth];
  const { m, d } = meeting.fixed;
  return { growths, overtakes: { N: crossing(astrocyte, softmax) ?? null, m, d } };
}

async function measureAxis(
  { axis, sizes, fixed, heads }: Axis,
  alternations: number,
  fast: boolean,
): Promise<Growth[]> {
  const contestants: Contestant[] = [];
  for (const head of heads) {
    for (const size of sizes) {
      contestants.push(await openHead(head, { ...fixed, [axis]: size }, { threads: 1, fast }));
    }
  }
  const times = await measure(contestants, 1, alternations);
  for (const contestant of contestants) await contestant.close?.();
  return heads.map((head, at) => {
    const own = times.slice(at * sizes.length, (at + 1) * sizes.length);
    const curve = { sizes, ms: own.map(({ median }) => median) };
    return {
      head,
      axis,
      fixed,
      ...curve,
      spread: own.map(({ lower, median, upper }) => (upper - lower) / 2 / median),
      slope: slope(curve),
      upperSlope: slope(upperHalf(curve)),
    };
  });
}

function openHead(head: Head, { N, m, d }: Sizes, setting: Setting): Promise<Contestant> {
  return head === 'softmax'
    ? ourSoftmax(d, N, setting)
    : ourAstrocyte(hiddenLayer({ kind: 'performer', neurons: m, width: d }), N, setting);
}
