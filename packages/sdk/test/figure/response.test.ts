import { describe, expect, it } from 'vitest';
import { responseFigure, responseSeries, scatterPoints } from '../../src/figure/index.js';
import { fakeHead } from './fake-head.js';
import { markData, tickText } from './marks.js';

const { detail } = fakeHead({ layer: 0, head: 0, stack: 'encoder' }, 20, 64, 3);
const pieces = Array.from({ length: 20 }, (_, i) => `▁word${i}`);
const labels = { type: 'text', pieces } as const;

/** The head with responses of our own choosing. */
function withResponse(response: readonly number[], normaliser = response) {
  const c = Float64Array.from(response);
  const exact = Float64Array.from(normaliser);
  return {
    ...detail,
    response: c,
    logResponse: c.map((value) => Math.log(Math.abs(value))),
    normaliser: exact,
    logNormaliser: exact.map(Math.log),
  };
}

describe('response figure', () => {
  it('holds response and normaliser of every token', () => {
    const points = markData(responseFigure(detail, labels), 0) as {
      network: number;
      transformer: number;
      label: string;
    }[];
    expect(points.map(({ network }) => network)).toEqual([...detail.response]);
    expect(points.map(({ transformer }) => transformer)).toEqual([...detail.normaliser]);
    expect(points.map(({ label }) => label)).toEqual(pieces.map((piece) => piece.slice(1)));
  });

  it('has a linear axis for values within a factor of 8, a logarithmic one beyond', () => {
    expect(responseFigure(withResponse([20, 30, 150]), labels).y?.type).toBe('linear');
    expect(responseFigure(withResponse([20, 30, 170]), labels).y?.type).toBe('log');
  });

  it('ticks a logarithmic axis inside its domain, at round numbers', () => {
    const { y } = responseFigure(withResponse([3, 30, 900]), labels);
    const [low = 0, high = 0] = (y?.domain ?? []) as number[];
    expect(low).toBeLessThan(3);
    expect(high).toBeGreaterThan(900);
    expect(y?.ticks).toEqual([10, 100, 1000].filter((tick) => tick < high));
  });

  it('marks responses that are not positive, and stands them at their size on a logarithmic axis', () => {
    const signed = withResponse([20, -30, 900], [20, 30, 900]);
    const { points, axis } = responseSeries(signed, ['word0', 'word1', 'word2']);
    expect(axis).toBe('log');
    expect(points[1]).toMatchObject({ network: 30, positive: false });
    expect(markData(responseFigure(signed, labels), 4)).toEqual([points[1]]);
  });

  it('draws logarithms where the values themselves overflow', () => {
    const huge = {
      ...withResponse([1, 2, 3]),
      response: Float64Array.of(1, 2, Number.POSITIVE_INFINITY),
      normaliser: Float64Array.of(1, 2, Number.POSITIVE_INFINITY),
      logResponse: Float64Array.of(1, 2, 800),
      logNormaliser: Float64Array.of(1, 2, 810),
    };
    const { points, logarithms } = responseSeries(huge, []);
    expect(logarithms).toBe(true);
    expect(points[2]).toMatchObject({ network: 800, transformer: 810 });
    expect(responseFigure(huge, labels).y?.label).toContain('logarithm');
  });

  it('writes the tokens along the axis only where each has room', () => {
    const tick = (width: number) => tickText(responseFigure(detail, labels, { width }).x, 4);
    expect(tick(720)).toBe('word4');
    expect(tick(280)).toBe('4');
  });
});

describe('response scatter', () => {
  it('has decimal logarithms of both, and leaves out what has none', () => {
    const { points, step } = scatterPoints([withResponse([10, -5, 1000], [100, 5, 1000])]);
    expect(step).toBe(1);
    expect(points.map(({ token }) => token)).toEqual([0, 2]);
    expect(points[0]?.transformer).toBeCloseTo(2, 12);
    expect(points[0]?.network).toBeCloseTo(1, 12);
  });

  it('thins evenly above the limit and says by how much', () => {
    const { points, step } = scatterPoints([detail, detail, detail], 25);
    expect(step).toBe(3);
    expect(points).toHaveLength(20);
    expect(points[1]?.token).toBe(3);
  });
});
