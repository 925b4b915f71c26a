import {
  astrocyteHead,
  compileKernels,
  createGenerator,
  hiddenLayer,
  median,
  type Readout,
  type WeightedLayer,
} from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import { writeChunks } from '../src/attention/chunks.js';
import { withMemory } from '../test/attention/watched-memory.js';
import { report } from './report.js';

// One head, a million tokens: what becomes of digits, memory and time.

const [width, neurons, chunkTokens, chunkCount, queryCount] = [64, 256, 4000, 250, 8];

/** Rows of normal values, as many as a prime number. */
function drawPool(rows: number, label: string): Float32Array {
  const generator = createGenerator(7, label);
  return Float32Array.from({ length: rows * width }, () => generator.normal());
}

/**
 * Row t is the sum of rows of two pools of 1009 and 1013 rows, divided by √2: over a million different rows, far
 * cheaper than drawing them.
 */
function drawRows(label: string): (first: number, count: number) => Float32Array {
  const [a, b] = [drawPool(1009, `${label} a`), drawPool(1013, `${label} b`)];
  return (first, count) => {
    const rows = new Float32Array(count * width);
    for (let t = 0; t < count; t++) {
      const [atA, atB] = [((first + t) % 1009) * width, ((first + t) % 1013) * width];
      for (let i = 0; i < width; i++) {
        rows[t * width + i] = ((a[atA + i] as number) + (b[atB + i] as number)) * Math.SQRT1_2;
      }
    }
    return rows;
  };
}

/** φ(x) = exp(w·x − ‖x‖²/2)/√m of each row of tokens, divided by d^¼, in float64. */
function performerActivity({ query: { weights } }: WeightedLayer, tokens: Float32Array) {
  const rows = tokens.length / width;
  const phi = new Float64Array(rows * neurons);
  const x = new Float64Array(width);
  const w = Float64Array.from(weights);
  for (let t = 0; t < rows; t++) {
    let half = 0;
    for (let i = 0; i < width; i++) {
      const value = (tokens[t * width + i] as number) / Math.sqrt(Math.sqrt(width));
      x[i] = value;
      half += (value * value) / 2;
    }
    for (let r = 0; r < neurons; r++) {
      let z = 0;
      for (let i = 0; i < width; i++) z += (w[r * width + i] as number) * (x[i] as number);
      phi[t * neurons + r] = Math.exp(z - half) / Math.sqrt(neurons);
    }
  }
  return phi;
}

/** Σ_s φ(q)·φ(k_s) v_s and Σ_s φ(q)·φ(k_s) of a few queries, token by token, in float64. */
function createReference(layer: WeightedLayer, queries: Float32Array) {
  const asked = performerActivity(layer, queries);
  const numerators = new Float64Array(queryCount * width);
  const responses = new Float64Array(queryCount);
  return {
    numerators,
    responses,
    write(keys: Float32Array, values: Float32Array): void {
      const phi = performerActivity(layer, keys);
      for (let s = 0; s < keys.length / width; s++) {
        for (let q = 0; q < queryCount; q++) {
          let weight = 0;
          for (let r = 0; r < neurons; r++) {
            weight += (asked[q * neurons + r] as number) * (phi[s * neurons + r] as number);
          }
          responses[q] = (responses[q] as number) + weight;
          for (let j = 0; j < width; j++) {
            const at = q * width + j;
            numerators[at] =
              (numerators[at] as number) + weight * (values[s * width + j] as number);
          }
        }
      }
    },
  };
}

/** Largest relative error of a query's output (Euclidean) and of its response. */
function largestErrors(
  { output, response }: Readout,
  { numerators, responses }: ReturnType<typeof createReference>,
) {
  const errors = { output: 0, response: 0 };
  responses.forEach((c, q) => {
    let [off, size] = [0, 0];
    for (let j = 0; j < width; j++) {
      const exact = (numerators[q * width + j] as number) / c;
      off += ((output[q * width + j] as number) - exact) ** 2;
      size += exact ** 2;
    }
    errors.output = Math.max(errors.output, Math.sqrt(off / size));
    errors.response = Math.max(errors.response, Math.abs((response[q] as number) / c - 1));
  });
  return errors;
}

describe('10⁶ tokens through one head, d 64, m 256', async () => {
  await compileKernels();
  const hidden = hiddenLayer({ kind: 'performer', neurons, width, seed: 3 }) as WeightedLayer;
  const { made: long, memory } = withMemory(() => astrocyteHead({ width, hidden }));
  const fresh = astrocyteHead({ width, hidden });
  const [drawKeys, drawValues, drawQueries] = ['keys', 'values', 'queries'].map(drawRows) as [
    ReturnType<typeof drawRows>,
    ReturnType<typeof drawRows>,
    ReturnType<typeof drawRows>,
  ];
  const queries = drawQueries(0, queryCount);
  const reference = createReference(hidden, queries);
  const sizes: number[] = [];
  const ratios: number[] = [];

  /** Milliseconds of a call. */
  const time = (work: () => void): number => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };

  /** The head, each write beside the same write into an empty head, which goes first every other time. */
  const timed: typeof long = {
    ...long,
    write(keys, values) {
      fresh.begin();
      const heads = ratios.length % 2 === 0 ? [fresh, long] : [long, fresh];
      const times = new Map(heads.map((head) => [head, time(() => head.write(keys, values))]));
      ratios.push((times.get(long) as number) / (times.get(fresh) as number));
    },
  };

  function* generate() {
    for (let index = 0; index < chunkCount; index++) {
      const keys = drawKeys(index * chunkTokens, chunkTokens);
      const values = drawValues(index * chunkTokens, chunkTokens);
      reference.write(keys, values);
      yield { keys, values };
      sizes.push(memory.buffer.byteLength);
    }
  }
  await writeChunks(timed, generate());
  const answer = long.read(queries);

  it('keeps output and response within 1e-4 of float64', ({ task }) => {
    const errors = largestErrors(answer, reference);
    const shared = { kind: 'performer', neurons, most: 1e-4 };
    report(task, { what: '10⁶ tokens, output error', ...shared, value: errors.output });
    report(task, { what: '10⁶ tokens, response error', ...shared, value: errors.response });
    expect(errors.output).toBeLessThanOrEqual(1e-4);
    expect(errors.response).toBeLessThanOrEqual(1e-4);
  });

  it('needs no more memory after the first chunk', ({ task }) => {
    const growth = Math.max(...sizes) - (sizes[0] as number);
    report(task, { what: '10⁶ tokens, memory growth (bytes)', neurons, value: growth, most: 0 });
    expect(sizes).toHaveLength(chunkCount);
    expect(growth).toBe(0);
  });

  it('takes as long for a token after half a million as for the first, within 5 %', ({ task }) => {
    const value = median(ratios.slice(chunkCount / 2));
    report(task, {
      what: '10⁶ tokens, time of a late token / an early one',
      ...{ neurons, value, least: 0.95, most: 1.05 },
    });
    expect(value).toBeGreaterThanOrEqual(0.95);
    expect(value).toBeLessThanOrEqual(1.05);
  });
});
