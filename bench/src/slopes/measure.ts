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
  /** The sizes that stay. */
  readonly fixed: Partial<Sizes>;
  /** Half the distance between the quartiles over the median, for each size. */
  readonly spread: readonly number[];
  /** Power of the size, over all points and over the upper half of them. */
  readonly slope: number;
  readonly upperSlope: number;
}

/** What `--slopes` finds. */
export interface Slopes {
  readonly growths: readonly Growth[];
  readonly overtakes: Overtaking;
}

/** Where the astrocyte head overtakes the softmax head. */
export interface Overtaking {
  readonly m: number;
  readonly d: number;
  /** Tokens from which on the astrocyte head is faster; null where that lies outside the sizes tried. */
  readonly N: number | null;
  /** Times over N that say so. */
  readonly astrocyte: Curve;
  readonly softmax: Curve;
}

interface Axis {
  readonly axis: keyof Sizes;
  readonly sizes: readonly number[];
  readonly fixed: Partial<Sizes>;
  readonly heads: readonly Head[];
}

const axes: readonly Axis[] = [
  {
    axis: 'N',
    sizes: [512, 1024, 2048, 4096, 8192, 16384],
    fixed: { m: 256, d: 64 },
    heads: ['astrocyte', 'softmax'],
  },
  {
    axis: 'm',
    sizes: [64, 128, 256, 512, 1024, 2048],
    fixed: { N: 2048, d: 64 },
    heads: ['astrocyte'],
  },
  {
    axis: 'd',
    sizes: [16, 32, 64, 128, 256],
    fixed: { N: 2048, m: 256 },
    heads: ['astrocyte', 'softmax'],
  },
];

/** Around N = 2m, where both heads have as many products and sums. */
const meeting = {
  axis: 'N',
  sizes: [64, 128, 192, 256, 384, 512, 768, 1024],
  fixed: { m: 256, d: 64 },
  heads: ['astrocyte', 'softmax'],
} as const;

/** Times our two heads over every axis, on one thread; all sizes and heads of an axis take turns. */
export async function measureSlopes(alternations: number, fast: boolean): Promise<Slopes> {
  const growths: Growth[] = [];
  for (const axis of axes) growths.push(...(await measureAxis(axis, alternations, fast)));
  return { growths, overtakes: await measureOvertaking(alternations, fast) };
}

async function measureOvertaking(alternations: number, fast: boolean): Promise<Overtaking> {
  const curves = await measureAxis(meeting, alternations, fast);
  const [astrocyte, softmax] = curves.map(({ sizes, ms }) => ({ sizes, ms })) as [Curve, Curve];
  return { ...meeting.fixed, N: crossing(astrocyte, softmax) ?? null, astrocyte, softmax };
}

async function measureAxis(
  { axis, sizes, fixed, heads }: Axis,
  alternations: number,
  fast: boolean,
): Promise<Growth[]> {
  const contestants: Contestant[] = [];
  for (const head of heads) {
    for (const size of sizes) {
      const all = { ...fixed, [axis]: size } as Sizes;
      contestants.push(await openHead(head, all, { threads: 1, fast }));
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
