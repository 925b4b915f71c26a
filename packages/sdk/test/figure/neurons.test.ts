import { describe, expect, it } from 'vitest';
import { kindColour, neuronCurves, neuronsFigure } from '../../src/figure/index.js';
import { fakeSweep } from './fake-comparison.js';
import { markData } from './marks.js';

const sweep = fakeSweep('picture');

describe('error against neurons', () => {
  it('draws the mean of the seeds as the line, their range as the band', () => {
    for (const { kind, points } of neuronCurves(sweep)) {
      for (const point of points) {
        const losses = sweep
          .filter((p) => p.kind === kind && p.neurons === point.neurons)
          .map(({ output }) => (output.type === 'picture' ? output.loss : Number.NaN));
        expect(losses).toHaveLength(5);
        expect(point.mean).toBeCloseTo(losses.reduce((a, b) => a + b, 0) / 5, 12);
        expect(point.low).toBe(Math.min(...losses));
        expect(point.high).toBe(Math.max(...losses));
      }
    }
    const figure = neuronsFigure(sweep);
    const curves = neuronCurves(sweep).flatMap(({ points }) => points);
    expect(markData(figure, 0)).toEqual(curves);
    expect(markData(figure, 1)).toEqual(curves);
  });

  it('draws every seed as a dot', () => {
    const dots = markData(neuronsFigure(sweep, { measure: 'heads' }), 2);
    expect(dots).toEqual(
      sweep.map(({ kind, neurons, seed, headOutputError: value }) => ({
        kind,
        neurons,
        seed,
        value,
      })),
    );
  });

  it('has a logarithmic axis of base 2 with the counts that were swept, and names units', () => {
    const { x, y } = neuronsFigure(sweep);
    expect(x).toMatchObject({ type: 'log', base: 2 });
    expect(x?.ticks).toEqual([16, 32, 64, 128, 256, 512, 1024, 2048, 4096]);
    expect(y?.label).toContain('dB');
  });

  it('labels each curve at its end, in its own colour, apart from its neighbour', () => {
    const labels = markData(neuronsFigure(sweep), 3) as { kind: string; place: number }[];
    expect(labels.map(({ kind }) => kind)).toEqual(['matched', 'performer']);
    const same = sweep.map((point) => ({ ...point, headOutputError: 1 }));
    const [first, second] = markData(neuronsFigure(same, { measure: 'heads' }), 3) as {
      place: number;
    }[];
    expect((first?.place ?? 0) - (second?.place ?? 0)).toBeGreaterThan(0.03);
    expect(kindColour(0)).not.toBe(kindColour(1));
  });

  it('sorts the counts whatever their order was', () => {
    const shuffled = [...sweep].reverse();
    for (const { points } of neuronCurves(shuffled)) {
      const counts = points.map(({ neurons }) => neurons);
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
    }
  });
});
