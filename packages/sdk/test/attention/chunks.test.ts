import { astrocyteHead, compileKernels, type Readout } from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import {
  activitiesOf,
  kinds,
  layerOf,
  numeratorsOf,
  type Tokens,
  tokens,
  worstOf,
} from './data.js';
import { attend } from './reference.js';

await compileKernels();

const bar = 1e-6;
const [width, valueWidth] = [6, 3];

/** Tokens `start` … `end` of all three arrays. */
function slice({ queries, keys, values }: Tokens, start: number, end: number): Tokens {
  return {
    queries: queries.slice(start * width, end * width),
    keys: keys.slice(start * width, end * width),
    values: values.slice(start * valueWidth, end * valueWidth),
  };
}

function chunks(given: Tokens, count: number, size: number): Tokens[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) =>
    slice(given, i * size, Math.min(count, (i + 1) * size)),
  );
}

interface Answer {
  readonly numerators: Float64Array;
  readonly responses: Float64Array;
}

function join(readouts: readonly Readout[], signed: boolean): Answer {
  return {
    numerators: Float64Array.from(readouts.flatMap((r) => [...numeratorsOf(r, signed)])),
    responses: Float64Array.from(readouts.flatMap((r) => [...r.response])),
  };
}

describe.each(kinds)('chunks of an astrocyte head, %s', (kind) => {
  it.each([
    { count: 40, sizes: Array.from({ length: 39 }, (_, i) => i + 1) },
    { count: 300, sizes: [1, 100, 127, 128, 129, 299] },
  ])('of any size give what all $count at once give, within 1e-6 of Σ|terms|', (plan) => {
    const { count, sizes } = plan;
    const made = layerOf(kind, 24, width);
    const { layer } = made;
    const given = tokens(9, count, width, 6, valueWidth);
    const activities = activitiesOf(made, given);
    const truth = attend(activities, given.values);
    const causal = attend(activities, given.values, { causal: true });
    const head = astrocyteHead({ width, valueWidth, hidden: layer });
    head.write(given.keys, given.values);
    const whole = join([head.read(given.queries)], layer.signed);
    head.begin();
    const stream = join([head.stream(given.queries, given.keys, given.values)], layer.signed);
    for (const size of sizes) {
      head.begin();
      for (const { keys, values } of chunks(given, count, size)) head.write(keys, values);
      const parts = join(
        chunks(given, count, size).map(({ queries }) => head.read(queries)),
        layer.signed,
      );
      head.begin();
      const streamed = join(
        chunks(given, count, size).map((c) => head.stream(c.queries, c.keys, c.values)),
        layer.signed,
      );
      for (const [came, atOnce, exact] of [
        [parts, whole, truth],
        [streamed, stream, causal],
      ] as const) {
        const what = `chunks of ${size}`;
        const { numeratorSizes, responseSizes } = exact;
        expect(worstOf(came.responses, atOnce.responses, responseSizes), what).toBeLessThanOrEqual(
          bar,
        );
        expect(
          worstOf(came.numerators, atOnce.numerators, numeratorSizes),
          what,
        ).toBeLessThanOrEqual(bar);
      }
    }
  });

  it('leave what is read afterwards as if all had been written at once, stream or write', () => {
    const made = layerOf(kind, 24, width);
    const given = tokens(11, 90, width, 6, valueWidth);
    const truth = attend(activitiesOf(made, given), given.values);
    const head = astrocyteHead({ width, valueWidth, hidden: made.layer });
    const [first, second] = [slice(given, 0, 50), slice(given, 50, 90)];
    head.write(first.keys, first.values);
    head.stream(second.queries, second.keys, second.values);
    const mixed = head.read(given.queries);
    head.begin();
    head.write(given.keys, given.values);
    const whole = head.read(given.queries);
    expect(worstOf(mixed.response, whole.response, truth.responseSizes)).toBeLessThanOrEqual(bar);
    expect(
      worstOf(
        numeratorsOf(mixed, made.layer.signed),
        numeratorsOf(whole, made.layer.signed),
        truth.numeratorSizes,
      ),
    ).toBeLessThanOrEqual(bar);
  });
});

describe('chunks without tokens', () => {
  it('change nothing and answer nothing', () => {
    const { layer } = layerOf('performer', 8, width);
    const head = astrocyteHead({ width, valueWidth, hidden: layer });
    const given = tokens(1, 5, width, 3, valueWidth);
    head.write(given.keys, given.values);
    const before = head.save();
    const none = new Float32Array(0);
    head.write(none, none, new Uint8Array(0));
    expect(head.stream(none, none, none).output).toHaveLength(0);
    expect(head.read(none).response).toHaveLength(0);
    expect(head.save()).toEqual(before);
  });
});
