import type { ChosenHidden } from '../compare/choose-hidden.js';
import type { HeadComparison } from '../compare/comparison.js';
import { measureHead } from '../compare/head-measures.js';
import { median } from '../numeric/statistics.js';
import type { Preparation } from '../transformer/inputs.js';
import { tracingAttend } from '../transformer/traces.js';
import { type Estimate, estimateMedian, exactly } from './estimate.js';
import { rememberLayers } from './settings.js';
import { ownResults, type Watching } from './twins.js';

/** Measures of a head that have a median over inputs. */
export const headMeasures = [
  { key: 'responseCorrelation', heading: 'response correlation', digits: 3 },
  { key: 'responseError', heading: 'response error', digits: 3 },
  { key: 'attentionKl', heading: 'attention KL (nats)', digits: 3, dispensable: 2 },
  { key: 'outputError', heading: 'output error', digits: 3, dispensable: 1 },
] as const;

type HeadMeasure = (typeof headMeasures)[number]['key'];

/** The medians over inputs of one head's measures. */
export interface HeadMedians {
  readonly layer: number;
  readonly head: number;
  readonly values: Readonly<Partial<Record<HeadMeasure, Estimate>>>;
}

/**
 * Measures every head of the transformer on its own queries, keys and values (`HeadComparison`) for one seed, and
 * takes medians over the inputs. An input where a measure has no meaning does not count. Throws as `compare`.
 */
export async function measureHeads(
  { source, host }: ChosenHidden,
  inputs: readonly Preparation[],
  seed: number,
  watching: Watching,
): Promise<HeadMedians[]> {
  const { kernels } = host;
  const remembered = rememberLayers(source);
  const found = new Map<string, HeadComparison[]>();
  await ownResults(host, inputs, watching, () =>
    tracingAttend(
      kernels,
      () => true,
      (trace) => {
        const layer = remembered(trace, seed);
        const { comparison } = measureHead(kernels, layer, trace, true, false);
        const place = `${trace.layer}.${trace.head}`;
        found.set(place, [...(found.get(place) ?? []), comparison]);
      },
    ),
  );
  return [...found.values()].map((comparisons) => {
    const { layer, head } = comparisons[0] as HeadComparison;
    const values = headMeasures.flatMap(({ key }) => {
      const numbers = comparisons.flatMap((each) => each[key] ?? []);
      return numbers.length === 0 ? [] : [[key, estimateMedian(numbers)] as const];
    });
    return { layer, head, values: Object.fromEntries(values) };
  });
}

/** Columns of the heads' medians taken together. */
export const headSummaryColumns = [
  {
    key: 'correlationMedian',
    heading: 'response correlation,\nmedian head',
    digits: 3,
    dispensable: 1,
  },
  { key: 'correlationWorst', heading: 'worst head', digits: 3, dispensable: 2 },
  {
    key: 'responseErrorMedian',
    heading: 'response error,\nmedian head',
    digits: 3,
    dispensable: 3,
  },
] as const;

/** The median head and the worst one. */
export function summariseHeads(heads: readonly HeadMedians[]): Record<string, Estimate> {
  const of = (key: HeadMeasure) => heads.flatMap(({ values }) => values[key]?.value ?? []);
  const [correlations, errors] = [of('responseCorrelation'), of('responseError')];
  return {
    ...(correlations.length > 0 && {
      correlationMedian: exactly(median(correlations), correlations.length),
      correlationWorst: exactly(Math.min(...correlations), correlations.length),
    }),
    ...(errors.length > 0 && { responseErrorMedian: exactly(median(errors), errors.length) }),
  };
}
