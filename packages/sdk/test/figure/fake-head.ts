import type { HeadComparison, HeadDetail } from '../../src/compare/comparison.js';

/*
 * Heads made up for tests of figures and reports: softmax attention of random q, k, v beside real
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

/** Normal numbers, for queries, keys and values that look like real ones. */
export function normals(count: number, next: () => number): Float64Array {
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
