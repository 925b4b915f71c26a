import { type FitHeadShape, type Kernels, layOutFitHead, placeFitHead } from '@tripartite/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headLosses, type Sequence } from './reference/learn-head.js';
import { builds, fencedRoom, inArena, randomFloats } from './workbench.js';

const shapes = fc.record({
  width: fc.integer({ min: 1, max: 9 }),
  neurons: fc.integer({ min: 1, max: 13 }),
  shared: fc.boolean(),
  rows: fc.integer({ min: 1, max: 7 }),
  seed: fc.integer({ min: 0, max: 1000 }),
});

interface Case extends FitHeadShape {
  readonly rows: number;
  readonly seed: number;
}

function draw(shape: Case): { parameters: Float32Array; sequence: Sequence } {
  const { width, neurons, rows, seed } = shape;
  const layout = layOutFitHead(shape);
  const parameters = randomFloats(seed, layout.length, 0.8);
  for (let l = 0; l < width; l++) parameters[layout.curvature + l] = 0.3 + 0.1 * l;
  parameters[layout.gains] = 0.9;
  parameters[layout.gains + 1] = Math.log(neurons) / 2;
  const q = randomFloats(seed + 1, rows * width);
  const k = randomFloats(seed + 2, rows * width);
  return { parameters, sequence: { q, k, gains: randomFloats(seed + 3, rows), rows } };
}

function learn(
  kernels: Kernels,
  shape: Case,
  parameters: Float32Array,
  { q, k, gains, rows }: Sequence,
  response: number,
  factor: number,
) {
  return inArena(kernels, () => {
    const { arena } = kernels;
    const head = placeFitHead(arena, shape, arena.store(parameters));
    const gradient = fencedRoom(kernels, parameters.length, 1);
    const losses = arena.allocate(16);
    const scratch = arena.allocate(kernels.learnHeadScratch(rows, shape.neurons));
    const [qs, ks, gs] = [q, k, gains].map((x) => arena.store(Float32Array.from(x)));
    kernels.learnHead(
      gradient.pointer,
      losses,
      head,
      qs as number,
      ks as number,
      gs as number,
      rows,
      response,
      factor,
      true,
      scratch,
    );
    const sums = new Float64Array(arena.viewBytes(losses, 16).slice().buffer);
    return { gradient: gradient.take(), divergence: sums[0] as number, squares: sums[1] as number };
  });
}

describe.each(builds)('learnHead, $build', (kernels) => {
  it('measures the divergence and the squared log response of a float64 sum over neurons', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { parameters, sequence } = draw(shape);
        const exact = headLosses(parameters, shape, layOutFitHead(shape), sequence);
        const found = learn(kernels, shape, parameters, sequence, 0.05, 1);
        expect(found.divergence).toBeCloseTo(exact.divergence, 4);
        expect(found.squares).toBeCloseTo(exact.response, 4);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the gradient that central differences of the loss give, parameter by parameter', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { parameters, sequence } = draw(shape);
        const layout = layOutFitHead(shape);
        const [response, factor] = [0.3, 0.5];
        const loss = (row: Float64Array): number => {
          const parts = headLosses(row, shape, layout, sequence);
          return factor * (parts.divergence + response * parts.response);
        };
        const { gradient } = learn(kernels, shape, parameters, sequence, response, factor);
        const row = Float64Array.from(parameters);
        const step = 1e-4;
        const differences = row.map((value, at) => {
          row[at] = value + step;
          const above = loss(row);
          row[at] = value - step;
          const below = loss(row);
          row[at] = value;
          return (above - below) / (2 * step);
        });
        const largest = differences.reduce((top, d) => Math.max(top, Math.abs(d)), 1e-3);
        const error = differences.reduce(
          (top, d, at) => Math.max(top, Math.abs(d - (gradient[at] as number))),
          0,
        );
        expect(error / largest).toBeLessThan(2e-5);
      }),
      { numRuns: 60 },
    );
  });

  it('has a loss of nothing, and no slope, where the neurons are the keys themselves', () => {
    // One neuron a key with W_q its key and activity only for it: exp(q·k), which is softmax.
    const [width, rows] = [4, 5];
    const shape = { width, neurons: rows, shared: false, rows, seed: 7 };
    const layout = layOutFitHead(shape);
    const { sequence } = draw(shape);
    const parameters = new Float32Array(layout.length);
    const lengths = Array.from({ length: rows }, (_, j) =>
      Array.from({ length: width }, (_, l) => (sequence.k[j * width + l] as number) ** 2).reduce(
        (a, b) => a + b,
      ),
    );
    const sharpness = 400;
    for (let j = 0; j < rows; j++) {
      for (let l = 0; l < width; l++) {
        const k = sequence.k[j * width + l] as number;
        parameters[layout.queryWeights + j * width + l] = k;
        parameters[layout.keyWeights + j * width + l] = sharpness * k;
      }
      parameters[layout.keyBias + j] = (-sharpness * (lengths[j] as number)) / 2;
    }
    parameters.fill(sharpness, layout.curvature, layout.curvature + width);
    parameters[layout.gains] = 1;
    const { divergence, squares, gradient } = learn(kernels, shape, parameters, sequence, 1, 1);
    expect(divergence).toBeLessThan(1e-4);
    expect(squares).toBeLessThan(1e-6);
    const offsets = gradient.subarray(layout.queryBias, layout.queryBias + rows);
    expect(Math.max(...offsets.map(Math.abs))).toBeLessThan(1e-3);
  });
});
