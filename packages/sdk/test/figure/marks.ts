import type { PlotOptions } from '@observablehq/plot';

/** Data of the i-th mark that has data (keys and legends are bare functions). */
export function markData(options: PlotOptions, i: number): unknown {
  const marks = (options.marks ?? []).flat(9).filter((mark) => !!mark && 'data' in mark);
  return (marks[i] as unknown as { data: unknown } | undefined)?.data;
}

/** Count of marks that have data. */
export function dataMarks(options: PlotOptions): number {
  return (options.marks ?? []).flat(9).filter((mark) => !!mark && 'data' in mark).length;
}

/** Text of a tick. */
export function tickText(axis: PlotOptions['x'], value: number): string {
  return (axis as { tickFormat: (value: number) => string }).tickFormat(value);
}
