import type {
  ComparisonOutput,
  DetailedComparison,
  HeadComparison,
  HeadDetail,
  NeuronSweepPoint,
  TokenLabels,
} from '../../src/compare/comparison.js';
import type { Picture } from '../../src/image/picture.js';

/*
 * Comparisons made up for tests of figures and reports: softmax attention of random q, k, v beside real
 * `performer` features of them, so that the numbers hang together as measured ones do. Seeded.
 */

/** Generator of uniform numbers in [0, 1) (mulberry32). */
export function uniform(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function normals(count: number, next: () => number): Float64Array {
  return Float64Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  );
}

const width = 8;

function dot(a: Float64Array, i: number, b: Float64Array, j: number): number {
  let sum = 0;
  for (let c = 0; c < width; c++) sum += (a[i * width + c] ?? 0) * (b[j * width + c] ?? 0);
  return sum;
}

function features(x: Float64Array, w: Float64Array, neurons: number): Float64Array {
  const tokens = x.length / width;
  const out = new Float64Array(tokens * neurons);
  for (let t = 0; t < tokens; t++) {
    const half = dot(x, t, x, t) / 2;
    for (let i = 0; i < neurons; i++) out[t * neurons + i] = Math.exp(dot(w, i, x, t) - half);
  }
  return out.map((value) => value / Math.sqrt(neurons));
}

/** One head: random smooth q and k, exact softmax, and `neurons` performer features of them. */
export function fakeHead(
  place: { layer: number; head: number; stack: 'encoder' | 'decoder' },
  tokens: number,
  neurons: number,
  seed: number,
): { detail: HeadDetail; numbers: HeadComparison } {
  const next = uniform(seed);
  const size = 0.25 + 0.4 * next();
  const smooth = (x: Float64Array) =>
    x.map((value, i) => size * (0.7 * value + 0.7 * (x[i - width] ?? value)));
  const q = smooth(normals(tokens * width, next));
  const k = smooth(normals(tokens * width, next)).map((value, i) => value + 0.5 * (q[i] ?? 0));
  const v = normals(tokens * width, next);
  const w = normals(neurons * width, next);
  const phiQ = features(q, w, neurons);
  const phiK = features(k, w, neurons);
  const softmax = new Float32Array(tokens * tokens);
  const network = new Float32Array(tokens * tokens);
  const response = new Float64Array(tokens);
  const normaliser = new Float64Array(tokens);
  for (let t = 0; t < tokens; t++) {
    const row: number[] = [];
    for (let s = 0; s < tokens; s++) {
      const weight = Math.exp(dot(q, t, k, s));
      let estimate = 0;
      for (let i = 0; i < neurons; i++) {
        estimate += (phiQ[t * neurons + i] ?? 0) * (phiK[s * neurons + i] ?? 0);
      }
      softmax[t * tokens + s] = weight;
      row.push(estimate);
      normaliser[t] = (normaliser[t] ?? 0) + weight;
      response[t] = (response[t] ?? 0) + estimate;
    }
    for (let s = 0; s < tokens; s++) {
      softmax[t * tokens + s] = (softmax[t * tokens + s] ?? 0) / (normaliser[t] ?? 1);
      network[t * tokens + s] = (row[s] ?? 0) / (response[t] ?? 1);
    }
  }
  let error = 0;
  let norm = 0;
  let kl = 0;
  for (let t = 0; t < tokens; t++) {
    for (let c = 0; c < width; c++) {
      let exact = 0;
      let approximate = 0;
      for (let s = 0; s < tokens; s++) {
        exact += (softmax[t * tokens + s] ?? 0) * (v[s * width + c] ?? 0);
        approximate += (network[t * tokens + s] ?? 0) * (v[s * width + c] ?? 0);
      }
      error += (approximate - exact) ** 2;
      norm += exact ** 2;
    }
    for (let s = 0; s < tokens; s++) {
      const p = softmax[t * tokens + s] ?? 0;
      kl += (p * Math.log(p / (network[t * tokens + s] ?? 1))) / tokens;
    }
  }
  const outputError = Math.sqrt(error / norm);
  const ratios = [...response].map((c, t) => Math.abs(c / (normaliser[t] ?? 1) - 1));
  return {
    detail: {
      ...place,
      response,
      logResponse: response.map(Math.log),
      normaliser,
      logNormaliser: normaliser.map(Math.log),
      attention: { softmax, network },
      state: {
        H: new Float32Array(neurons * width),
        g: new Float32Array(neurons),
        neurons,
        width,
        exponent: 0,
      },
    },
    numbers: {
      ...place,
      swapped: true,
      outputError,
      centredOutputError: outputError * 1.2,
      responseCorrelation: pearson(response, normaliser),
      logResponseCorrelation: pearson(response.map(Math.log), normaliser.map(Math.log)),
      responseError: ratios.sort((a, b) => a - b)[ratios.length >> 1] ?? 0,
      attentionKl: kl,
      nonPositiveResponses: 0,
    },
  };
}

function pearson(a: Float64Array, b: Float64Array): number {
  const mean = (x: Float64Array) => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  let ab = 0;
  let aa = 0;
  let bb = 0;
  a.forEach((value, i) => {
    const other = (b[i] ?? 0) - mb;
    ab += (value - ma) * other;
    aa += (value - ma) ** 2;
    bb += other ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}

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
