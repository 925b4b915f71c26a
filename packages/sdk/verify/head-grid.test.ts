import { astrocyteHead, compileKernels, createGenerator, type Readout } from '@tripartite/sdk';
import { describe, expect, it } from 'vitest';
import {
  activitiesOf,
  areFew,
  kinds,
  layerOf,
  tokens,
  worstError,
  worstOf,
} from '../test/attention/data.js';
import { attend, type Truth } from '../test/attention/reference.js';
import { report } from './report.js';

await compileKernels();

const valueWidth = 5;

interface Sizes {
  readonly count: number;
  readonly neurons: number;
  readonly width: number;
  readonly norm: number;
}

/** Sizes at random, evenly over their logarithms, and the largest ones. */
function drawSizes(kind: string): Sizes[] {
  const generator = createGenerator(1, 'grid', kind);
  const upTo = (most: number) => Math.round(most ** generator.uniform());
  const norms = [0.3, 4, 20, 93];
  const drawn = Array.from({ length: 16 }, () => ({
    count: upTo(1000),
    neurons: upTo(1024),
    width: upTo(64),
    norm: norms[generator.integer(4)] as number,
  }));
  return [...drawn, { count: 1000, neurons: 1024, width: 64, norm: 93 }];
}

/**
 * Largest error relative to Σ|terms|. Signed activity may cancel in every response (two saturated neurons of
 * `clipped-sine`: +1 − 1): then output, their quotient, means nothing, and only responses are compared.
 */
function errorOf(readout: Readout, truth: Truth, signed: boolean): number {
  const { responses, responseSizes } = truth;
  const cancelled = responses.every((c, t) => Math.abs(c) < 1e-6 * (responseSizes[t] as number));
  if (signed && cancelled) return worstOf(readout.response, responses, responseSizes);
  return worstError(readout, truth, signed);
}

/** Largest error of both directions relative to Σ|terms|; a third of the tokens is masked where `masked`. */
function worst(kind: string, { count, neurons, width, norm }: Sizes, masked: boolean): number {
  const made = layerOf(kind, neurons, width);
  const { signed } = made.layer;
  const given = tokens(1, count, width, norm, valueWidth);
  const draw = createGenerator(1, 'mask');
  const mask = Uint8Array.from({ length: count }, () => (!masked || draw.uniform() < 0.7 ? 1 : 0));
  const activities = activitiesOf(made, given, areFew(neurons));
  const head = astrocyteHead({ width, valueWidth, hidden: made.layer });
  head.write(given.keys, given.values, mask);
  const read = errorOf(
    head.read(given.queries),
    attend(activities, given.values, { mask }),
    signed,
  );
  head.begin();
  const streamed = errorOf(
    head.stream(given.queries, given.keys, given.values, mask),
    attend(activities, given.values, { mask, causal: true }),
    signed,
  );
  return Math.max(read, streamed);
}

describe('an astrocyte head against float64, up to 1000 tokens and 1024 neurons', () => {
  it.for(kinds)('errs by ≤ 1e-4 of Σ|terms| with %s', (kind, { task }) => {
    const errors = drawSizes(kind).map((sizes, i) => worst(kind, sizes, i % 2 === 1));
    const value = Math.max(...errors);
    report(task, { what: 'head, error of Σ|terms|', kind, value, most: 1e-4 });
    expect(value).toBeLessThanOrEqual(1e-4);
  });
});
