import {
  type Comparison,
  compareSideBySide,
  type DetailedComparison,
  type SideBySideTwin,
} from '@tripartite/sdk';
import type { ComparedItem, Job } from './compare-all.js';

/** An input compared with several hidden layers of equally many neurons. */
export interface BesideItem<C extends Comparison = Comparison> extends ComparedItem<C> {
  readonly beside: readonly SideBySideTwin[];
}

/**
 * Compares each input again, with other hidden layers of equally many neurons. Of comparisons in detail what is known
 * is not computed anew, and pictures and outputs are kept; else numbers only.
 */
export async function compareBeside<C extends Comparison>(
  { model, settings, calibration, notes }: Job,
  items: readonly ComparedItem<C>[],
): Promise<BesideItem<C>[]> {
  const { hidden, seed, seeds, swap } = settings;
  const list: BesideItem<C>[] = [];
  for (const [index, item] of items.entries()) {
    const known = isDetailed(item.comparison) ? item.comparison : undefined;
    const twins = await compareSideBySide(model, await item.input.read(), {
      hidden,
      seed,
      seeds,
      swap,
      known,
      ...(calibration === undefined ? {} : { calibration }),
      onProgress: (fraction, what) =>
        notes.progress((index + fraction) / items.length, `${item.input.name}: ${what}`),
    });
    const beside = known === undefined ? twins.map(({ comparison }) => ({ comparison })) : twins;
    list.push({ ...item, beside });
  }
  notes.flush();
  return list;
}

function isDetailed(comparison: Comparison | DetailedComparison): comparison is DetailedComparison {
  return 'details' in comparison;
}
