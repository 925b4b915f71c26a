import type { HeadComparison, HeadDetail } from '../compare/comparison.js';

/** A head worth a closer look, and why. */
export interface ChosenHead {
  readonly role: 'best' | 'median' | 'worst';
  readonly numbers: HeadComparison;
  readonly detail: HeadDetail;
}

/**
 * Best, median and worst head by `outputError` (the lower of two medians), of the swapped heads whose
 * details were kept; of all kept heads where none is swapped. Each head once: fewer than three with few heads.
 */
export function chooseHeads(
  heads: readonly HeadComparison[],
  details: readonly HeadDetail[],
): ChosenHead[] {
  const known = heads.flatMap((numbers) => {
    const detail = details.find((d) => d.layer === numbers.layer && d.head === numbers.head);
    return detail ? [{ numbers, detail }] : [];
  });
  const swapped = known.filter(({ numbers }) => numbers.swapped);
  const sorted = (swapped.length > 0 ? swapped : known).sort(
    (a, b) => a.numbers.outputError - b.numbers.outputError,
  );
  const last = sorted.length - 1;
  const places = [
    ['best', 0],
    ['median', Math.floor(last / 2)],
    ['worst', last],
  ] as const;
  const seen = new Set<number>();
  return places.flatMap(([role, i]) => {
    const head = sorted[i];
    if (!head || seen.has(i)) return [];
    seen.add(i);
    return [{ role, ...head }];
  });
}
