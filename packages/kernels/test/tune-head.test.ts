import { type FitHeadShape, type Kernels, layOutFitHead, placeFitHead } from '@tripartite/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headOutput } from './reference/tune-head.js';
import { builds, fenced, fencedRoom, inArena, randomFloats } from './workbench.js';

const shapes = fc.record({
  width: fc.integer({ min: 1, max: 8 }),
  neurons: fc.integer({ min: 1, max: 11 }),
  shared: fc.boolean(),
  rows: fc.integer({ min: 1, max: 7 }),
  valueWidth: fc.integer({ min: 1, max: 6 }),
  seed: fc.integer({ min: 0, max: 1000 }),
});

interface Case extends FitHeadShape {
  readonly rows: number;
  readonly valueWidth: number;
  readonly seed: number;
}

/** What a head reads: its parameters, and the tokens. */
interface Inputs {
  readonly parameters: Float64Array;
  readonly q: Float64Array;
  readonly k: Float64Array;
  readonly gains: Float64Array;
  readonly v: Float64Array;
}

function draw({ width, neurons, shared, rows, valueWidth, seed }: Case): Inputs {
  const layout = layOutFitHead({ width, neurons, shared });
  const floats = (offset: number, count: number, size = 1) =>
    Float64Array.from(randomFloats(seed + offset, count, size));
  const parameters = floats(0, layout.length, 0.8);
  for (let l = 0; l < width; l++) parameters[layout.curvature + l] = Math.fround(0.3 + 0.1 * l);
  parameters[layout.gains] = Math.fround(0.9);
  return {
    parameters,
    q: floats(1, rows * width),
    k: floats(2, rows * width),
    gains: floats(3, rows),
    v: floats(4, rows * valueWidth),
  };
}

/** Rows of v and of both gradients lie two floats apart. */
const gap = 2;

function spread(values: Float64Array, width: number): Float32Array {
  const rows = values.length / width;
  const out = new Float32Array(rows * (width + gap));
  for (let t = 0; t < rows; t++)
    out.set(values.subarray(t * width, (t + 1) * width), t * (width + gap));
  return out;
}

function gather(values: Float32Array, width: number): Float32Array {
  return values.filter((_, at) => at % (width + gap) < width);
}

function tune(kernels: Kernels, shape: Case, inputs: Inputs, dOut: Float64Array) {
  return inArena(kernels, () => {
    const { arena } = kernels;
    const { rows, width, neurons, valueWidth } = shape;
    const store = (values: Float64Array) => arena.store(Float32Array.from(values));
    const head = placeFitHead(arena, shape, store(inputs.parameters));
    const [q, k, gains] = [store(inputs.q), store(inputs.k), store(inputs.gains)];
    const v = fenced(kernels, spread(inputs.v, valueWidth));
    const slope = fenced(kernels, spread(dOut, valueWidth));
    const kept = fencedRoom(kernels, kernels.tunedBytes(rows, neurons) / 4);
    const scratch = arena.allocate(kernels.tuneScratch(rows, neurons));
    const out = fencedRoom(kernels, rows * valueWidth, 1);
    kernels.tuneHead(
      out.pointer,
      valueWidth,
      kept.pointer,
      head,
      q,
      k,
      gains,
      v.pointer,
      valueWidth + gap,
      rows,
      valueWidth,
      scratch,
    );
    const room = {
      parameters: fencedRoom(kernels, inputs.parameters.length, 3),
      q: fencedRoom(kernels, rows * width, 1),
      k: fencedRoom(kernels, rows * width, 2),
      gains: fencedRoom(kernels, rows),
      v: fenced(kernels, spread(new Float64Array(rows * valueWidth), valueWidth)),
    };
    kernels.tuneHeadReverse(
      room.parameters.pointer,
      room.q.pointer,
      room.k.pointer,
      room.gains.pointer,
      room.v.pointer,
      valueWidth + gap,
      kept.pointer,
      head,
      q,
      k,
      gains,
      v.pointer,
      valueWidth + gap,
      slope.pointer,
      valueWidth + gap,
      rows,
      valueWidth,
      true,
      scratch,
    );
    kept.check();
    return {
      out: out.take(),
      parameters: room.parameters.take(),
      q: room.q.take(),
      k: room.k.take(),
      gains: room.gains.take(),
      v: gather(room.v.take(), valueWidth),
    };
  });
}

describe.each(builds)('tuneHead, $build', (kernels) => {
  it('has the output of a float64 sum over neurons', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const inputs = draw(shape);
        const exact = headOutput(shape, inputs);
        const { out } = tune(kernels, shape, inputs, new Float64Array(exact.length));
        for (const [at, y] of exact.entries()) expect(out[at]).toBeCloseTo(y, 5);
      }),
      { numRuns: 40 },
    );
  });

  it('turns the gradient of its output into those that central differences give', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const inputs = draw(shape);
        const count = shape.rows * shape.valueWidth;
        const dOut = Float64Array.from(randomFloats(shape.seed + 9, count));
        const loss = () =>
          headOutput(shape, inputs).reduce((sum, y, at) => sum + y * (dOut[at] as number), 0);
        const found = tune(kernels, shape, inputs, dOut);
        for (const name of ['parameters', 'q', 'k', 'gains', 'v'] as const) {
          const values = inputs[name];
          const differences = values.map((value, at) => {
            const step = 1e-4;
            values[at] = value + step;
            const above = loss();
            values[at] = value - step;
            const below = loss();
            values[at] = value;
            return (above - below) / (2 * step);
          });
          const largest = differences.reduce((top, d) => Math.max(top, Math.abs(d)), 1e-2);
          for (const [at, d] of differences.entries()) {
            expect(Math.abs((found[name][at] as number) - d) / largest).toBeLessThan(2e-5);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
