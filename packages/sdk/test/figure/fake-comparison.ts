import type {
  ComparisonOutput,
  DetailedComparison,
  NeuronSweepPoint,
  TokenLabels,
} from '../../src/compare/comparison.js';
import type { Picture } from '../../src/image/picture.js';
import { fakeHead, normals, uniform } from './fake-head.js';

// Whole comparisons made up of `fakeHead`s, for tests of figures and reports. Seeded.

type Stacks = readonly {
  readonly stack: 'encoder' | 'decoder';
  readonly layers: number;
  readonly heads: number;
  readonly tokens: number;
}[];

function assemble(
  model: string,
  stacks: Stacks,
  seed: number,
  labels: TokenLabels,
  output: ComparisonOutput,
  details: Partial<DetailedComparison['details']>,
): DetailedComparison {
  const heads: ReturnType<typeof fakeHead>[] = [];
  const drift: DetailedComparison['drift'][number][] = [];
  let layer = 0;
  for (const { stack, layers, heads: perLayer, tokens } of stacks) {
    for (let l = 0; l < layers; l++, layer++) {
      for (let head = 0; head < perLayer; head++) {
        heads.push(fakeHead({ layer, head, stack }, tokens, 64, seed * 1000 + heads.length));
      }
      drift.push({ layer, stack, relative: 0.08 + 0.05 * l });
    }
  }
  const tokens = stacks[0]?.tokens ?? 0;
  return {
    model,
    tokens,
    tokensBeforeCut: tokens,
    hidden: { kind: 'matched', neurons: 64, sampling: 'orthogonal' },
    seed: 1,
    seeds: [1],
    swap: 'all',
    output,
    heads: heads.map(({ numbers }) => numbers),
    drift,
    details: { tokens: labels, heads: heads.map(({ detail }) => detail), ...details },
  };
}

/** 61 words, more than one line of a page. */
export const paragraph =
  'Call me Ishmael . Some years ago — never mind how long precisely — having little or no money in my purse , and nothing particular to interest me on shore , I thought I would sail about a little and see the watery part of the world . It is a way I have of driving off the spleen , and regulating the circulation .';

/** An embedding of a paragraph: 2 layers of 4 heads. */
export function fakeEmbedding(
  pieces = paragraph.split(' ').map((word) => `▁${word}`),
  seed = 1,
): DetailedComparison {
  const softmax = Float32Array.from(normals(512, uniform(seed + 77)), (value) => value * 0.044);
  const noise = normals(512, uniform(seed + 78));
  const twin = softmax.map((value, i) => 0.9 * value + 0.03 * (noise[i] ?? 0));
  return assemble(
    'use-lite',
    [{ stack: 'encoder', layers: 2, heads: 4, tokens: pieces.length }],
    seed,
    { type: 'text', pieces },
    { type: 'embedding', cosine: 0.71, relativeError: 0.74 },
    { outputs: { softmax, twin } },
  );
}

/** A picture of smooth blobs. */
export function fakePicture(side: number, channels: 1 | 3, seed: number): Picture {
  const next = uniform(seed);
  const waves = Array.from({ length: 12 }, () => [next() * 0.2, next() * 0.2, next() * 6, next()]);
  const data = new Uint8Array(side * side * channels);
  for (let i = 0; i < side * side; i++) {
    for (let c = 0; c < channels; c++) {
      const value = waves.reduce((sum, [fx = 0, fy = 0, phase = 0, size = 0], w) => {
        return (
          sum + size * Math.sin((i % side) * fx + Math.floor(i / side) * fy + phase + (c * w) / 5)
        );
      }, 0);
      data[i * channels + c] = Math.max(0, Math.min(255, Math.round(128 + 30 * value)));
    }
  }
  return { width: side, height: side, channels, data };
}

/** A label of a digit: 50 tokens on a grid of 7, 4 layers of 4 heads. */
export function fakeLabel(seed = 2): DetailedComparison {
  const patches = [-1, ...Array.from({ length: 49 }, (_, i) => i)];
  return assemble(
    'vit-digits',
    [{ stack: 'encoder', layers: 4, heads: 4, tokens: 50 }],
    seed,
    { type: 'patches', grid: 7, encoder: patches, decoder: [] },
    {
      type: 'label',
      label: '7',
      twinLabel: '7',
      agreement: 1,
      logitError: 0.12,
      logitDifference: 1.3,
    },
    {
      outputs: {
        softmax: Float32Array.of(-3, -2, 0.5, 1, -4, -1, -6, 9, -2, 1.5),
        twin: Float32Array.of(-2.6, -2.2, 0.9, 1.2, -3.6, -1.3, -5.2, 7.7, -1.6, 1.9),
      },
      pictures: { original: fakePicture(28, 1, seed), inverted: true },
    },
  );
}

/** A painting of half-hidden 12 × 12 patches: 5 layers of 4 heads, 2 of 3. */
export function fakePainting(seed = 3, photograph = fakePicture(96, 3, seed)): DetailedComparison {
  const next = uniform(seed);
  const hidden = Array.from({ length: 144 }, () => next() < 0.5);
  const seen = hidden.flatMap((isHidden, i) => (isHidden ? [] : [i]));
  const paint = (change: (value: number, x: number, y: number) => number): Picture => ({
    ...photograph,
    data: photograph.data.map((value, i) => {
      const x = Math.floor(i / 3) % 96;
      const y = Math.floor(i / 288);
      const isHidden = hidden[Math.floor(y / 8) * 12 + Math.floor(x / 8)];
      return isHidden ? Math.max(0, Math.min(255, Math.round(change(value, x, y)))) : value;
    }) as Uint8Array,
  });
  return assemble(
    'photo-mae',
    [
      { stack: 'encoder', layers: 5, heads: 4, tokens: seen.length + 1 },
      { stack: 'decoder', layers: 2, heads: 3, tokens: 145 },
    ],
    seed,
    {
      type: 'patches',
      grid: 12,
      encoder: [-1, ...seen],
      decoder: [-1, ...Array.from({ length: 144 }, (_, i) => i)],
    },
    { type: 'picture', psnr: 19.6, psnrTwin: 18.5, agreement: 26.5, loss: 1.1 },
    {
      pictures: {
        original: photograph,
        masked: paint(() => 128),
        softmax: paint((value) => 100 + 0.4 * (value - 100)),
        twin: paint(
          (value, x, y) => 108 + 0.35 * (value - 100) + (((x >> 3) * 7 + (y >> 3) * 5) % 24) - 12,
        ),
        inverted: false,
      },
    },
  );
}

/** A sweep 16 … 4 096 of two kinds, five seeds. */
export function fakeSweep(
  type: ComparisonOutput['type'],
  kinds = ['matched', 'performer'],
): NeuronSweepPoint[] {
  const next = uniform(9);
  return kinds.flatMap((kind, worse) =>
    [16, 32, 64, 128, 256, 512, 1024, 2048, 4096].flatMap((neurons, step) =>
      [1, 2, 3, 4, 5].map((seed) => {
        const error = (0.55 + 0.2 * worse) * 0.82 ** step * (0.85 + 0.3 * next());
        const outputs: Record<ComparisonOutput['type'], ComparisonOutput> = {
          embedding: { type: 'embedding', cosine: 1 - error, relativeError: 2 * error },
          label: {
            type: 'label',
            label: '7',
            twinLabel: '7',
            agreement: 1,
            logitError: error,
            logitDifference: 10 * error,
          },
          picture: {
            type: 'picture',
            psnr: 19.6,
            psnrTwin: 19.6 - 4 * error,
            agreement: 24,
            loss: 4 * error,
          },
        };
        return { kind, neurons, seed, output: outputs[type], headOutputError: error };
      }),
    ),
  );
}
