import { astrocyteHead, compileKernels, createGenerator } from '@tripartite/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activitiesOf, areFew, kinds, layerOf, tokens, worstError } from './data.js';
import { attend } from './reference.js';

await compileKernels();

const bar = 1e-4;

interface Case {
  readonly kind: string;
  readonly count: number;
  readonly neurons: number;
  readonly width: number;
  readonly norm: number;
  readonly seed: number;
  readonly masked?: boolean;
}

/** Largest error of both directions, with NaN in what the mask hides. */
function worst({ kind, count, neurons, width, norm, seed, masked = false }: Case): number {
  const made = layerOf(kind, neurons, width, seed);
  const { layer } = made;
  const valueWidth = Math.min(3, width);
  const given = tokens(seed, count, width, norm, valueWidth);
  const draw = createGenerator(seed, 'mask');
  const mask = Uint8Array.from({ length: count }, () => (!masked || draw.uniform() < 0.7 ? 1 : 0));
  const options = masked ? { mask } : {};
  const activities = activitiesOf(made, given, areFew(neurons));
  const exact = attend(activities, given.values, options);
  const causal = attend(activities, given.values, { ...options, causal: true });
  mask.forEach((seen, t) => {
    if (seen) return;
    given.keys.fill(NaN, t * width, (t + 1) * width);
    given.values.fill(NaN, t * valueWidth, (t + 1) * valueWidth);
  });
  const head = astrocyteHead({ width, valueWidth, hidden: layer });
  head.write(given.keys, given.values, options.mask);
  const read = head.read(given.queries);
  head.begin();
  const streamed = head.stream(given.queries, given.keys, given.values, options.mask);
  return Math.max(
    worstError(read, exact, layer.signed),
    worstError(streamed, causal, layer.signed),
  );
}

describe.each(kinds)('astrocyte head, %s, against float64', (kind) => {
  it.each([
    { count: 1, neurons: 1, width: 1, norm: 1 },
    { count: 1, neurons: 1024, width: 64, norm: 93 },
    { count: 1000, neurons: 1, width: 5, norm: 2 },
    { count: 150, neurons: 1024, width: 64, norm: 93 },
    { count: 1000, neurons: 256, width: 8, norm: 30 },
  ])('errs by ≤ 1e-4 of Σ|terms|: N $count, m $neurons, d $width, norm² $norm', (sizes) => {
    expect(worst({ ...sizes, kind, seed: 3 })).toBeLessThanOrEqual(bar);
  });

  it('errs by ≤ 1e-4 of Σ|terms| for any sizes, masks with NaN under them', () => {
    const cases = fc.record({
      kind: fc.constant(kind),
      count: fc.integer({ min: 1, max: 140 }),
      neurons: fc.oneof(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 16, max: 70 })),
      width: fc.integer({ min: 1, max: 12 }),
      norm: fc.constantFrom(0, 0.3, 4, 20, 93),
      seed: fc.integer({ min: 0, max: 10_000 }),
      masked: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, (given) => worst(given) <= bar),
      { numRuns: 20 },
    );
  });
});
