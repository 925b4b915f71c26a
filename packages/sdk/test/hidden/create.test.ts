import {
  hiddenKinds,
  hiddenLayer,
  hiddenSource,
  mostNeurons,
  type Sampling,
  samplings,
  TripartiteError,
  type WeightedLayer,
} from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import { randomStatistics } from '../attention/data.js';

const width = 8;
const statistics = randomStatistics(1, width);

/** A layer given by weights. */
function build(kind: string, neurons = 32, more: { seed?: number; sampling?: Sampling } = {}) {
  return hiddenLayer({ kind, neurons, width, statistics, ...more }) as WeightedLayer;
}

/** Code and message of what `work` throws. */
function failure(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof TripartiteError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing';
}

describe('hiddenLayer', () => {
  it.each(hiddenKinds)('builds $name as its entry in the list says', (kind) => {
    const layer = build(kind.name);
    expect(layer).toMatchObject({
      kind: kind.name,
      neurons: 32,
      width,
      signed: kind.signed,
      sampling: kind.defaultSampling,
    });
    for (const side of ['query', 'key'] as const) {
      expect(layer[side].weights).toHaveLength(32 * width);
      expect(layer[side].bias).toHaveLength(32);
    }
    expect(kind.summary).not.toBe('');
    const uncalibrated = failure(() => hiddenLayer({ kind: kind.name, neurons: 2, width }));
    expect(uncalibrated === 'nothing').toBe(!kind.needsStatistics);
  });

  it('knows the ten kinds of the equations, and no name twice', () => {
    expect(hiddenKinds.map(({ name }) => name).sort()).toEqual([
      'clipped-sine',
      'cosine',
      'elu',
      'hedgehog',
      'linear',
      'matched',
      'performer',
      'positive-cosine',
      'relu',
      'truncated-performer',
    ]);
  });

  it.each(hiddenKinds)('draws $name from the seed alone', ({ name }) => {
    expect(build(name, 32, { seed: 7 })).toEqual(build(name, 32, { seed: 7 }));
    expect(build(name, 32, { seed: 8 })).not.toEqual(build(name, 32, { seed: 7 }));
    expect(build(name)).toEqual(build(name, 32, { seed: 1 }));
  });

  it.each(['performer', 'linear', 'elu', 'relu'])('takes the user’s own W as it is, %s', (kind) => {
    for (const neurons of [width, 5]) {
      const weights = Float32Array.from({ length: neurons * width }, (_, at) => at / 7);
      const layer = hiddenLayer({ kind, neurons, width, weights }) as WeightedLayer;
      expect(layer.query.weights).toEqual(weights);
    }
  });

  it.each(samplings)('draws rows of N(0, I) each, %s', (sampling) => {
    let [sum, squares, count] = [0, 0, 0];
    for (let seed = 1; seed <= 30; seed++) {
      for (const w of build('performer', 64, { seed, sampling }).query.weights) {
        sum += w;
        squares += w * w;
        count += 1;
      }
    }
    expect(Math.abs(sum / count)).toBeLessThan(0.05);
    expect(Math.abs(squares / count - 1)).toBeLessThan(0.05);
  });

  it('draws phases uniform on [0, 2π) for the trigonometric kinds', () => {
    for (const kind of ['cosine', 'positive-cosine', 'clipped-sine']) {
      const { bias } = build(kind, 4000).query;
      const counts = new Array<number>(8).fill(0);
      for (const b of bias) {
        expect(b).toBeGreaterThanOrEqual(0);
        expect(b).toBeLessThanOrEqual(2 * Math.PI);
        const octant = Math.min(7, Math.floor((b * 4) / Math.PI));
        counts[octant] = (counts[octant] as number) + 1;
      }
      for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(100);
    }
  });

  it('gives elu the identity where m = d, and N(0, 1/d) otherwise', () => {
    const same = build('elu', width).query.weights;
    expect(Array.from(same)).toEqual(
      Array.from({ length: width * width }, (_, at) => (at % (width + 1) === 0 ? 1 : 0)),
    );
    for (const kind of ['elu', 'relu']) {
      const { weights } = build(kind, 4000).query;
      const variance = weights.reduce((sum, w) => sum + w * w, 0) / weights.length;
      expect(Math.abs(variance * width - 1)).toBeLessThan(0.05);
    }
  });

  it('takes matched with 256 neurons where nothing is said', () => {
    const layer = hiddenLayer({ width, statistics });
    expect(layer).toMatchObject({ kind: 'matched', neurons: 256 });
  });

  it('refuses numbers of neurons that are none', () => {
    for (const neurons of [0, -1, 2.5, NaN, Infinity, mostNeurons + 1]) {
      expect(failure(() => hiddenLayer({ kind: 'relu', neurons, width }))).toBe(
        `BAD_INPUT: neurons is ${neurons}; a whole number from 1 to 1000000 is allowed`,
      );
    }
  });

  it('names the nearest kind where a name is unknown', () => {
    expect(failure(() => hiddenLayer({ kind: 'perfomer', width }))).toMatch(
      /^BAD_INPUT: hidden kind "perfomer" is unknown; did you mean performer\? \(allowed: matched, /,
    );
    expect(failure(() => hiddenLayer({ kind: 'zzzzzzzzzzzz', width }))).toMatch(
      /^BAD_INPUT: hidden kind "zzzzzzzzzzzz" is unknown \(allowed: /,
    );
    expect(failure(() => hiddenLayer({ kind: 'toString', width }))).toMatch(/^BAD_INPUT/);
  });

  it('says what matched lacks', () => {
    expect(failure(() => hiddenLayer({ width }))).toBe(
      'BAD_INPUT: hidden kind matched needs calibration statistics',
    );
  });

  it('refuses a seed that is none', () => {
    for (const seed of [-1, 1.5, NaN]) {
      expect(failure(() => hiddenLayer({ kind: 'relu', width, seed }))).toMatch(/^BAD_INPUT/);
    }
  });
});

describe('hiddenSource', () => {
  it('gives every head a draw of its own, the same for the same seed', () => {
    const source = hiddenSource({ kind: 'performer', neurons: 16 });
    const at = (layer: number, head: number, seed: number) => source({ layer, head, width }, seed);
    expect(at(1, 2, 3)).toEqual(at(1, 2, 3));
    for (const other of [at(2, 1, 3), at(1, 3, 3), at(0, 2, 3), at(1, 2, 4)]) {
      expect(other).not.toEqual(at(1, 2, 3));
    }
  });

  it('calibrates each head on its own statistics', () => {
    const [first, second] = [randomStatistics(1, width), randomStatistics(2, width)];
    const source = hiddenSource({ neurons: 16 }, { layers: [[first, second]] });
    const layer = source({ layer: 0, head: 1, width }, 5) as WeightedLayer;
    expect(layer.query.centre).toEqual(Float32Array.from(second.queryMean));
    expect(failure(() => source({ layer: 1, head: 0, width }, 5))).toBe(
      'BAD_INPUT: hidden kind matched needs calibration statistics',
    );
  });
});
