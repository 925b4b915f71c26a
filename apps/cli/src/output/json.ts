/**
 * JSON for standard output and files, one value on one line: typed arrays become plain lists, numbers that
 * are not finite become null (JSON has neither NaN nor infinity).
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    ArrayBuffer.isView(part) && !(part instanceof DataView)
      ? Array.from(part as Float64Array)
      : part,
  );
}

/** One item as it is; several as `{ items, …beside }`. */
export function itemsToJson<T>(items: readonly T[], beside: object = {}): string {
  const [only] = items;
  return toJson(items.length === 1 ? only : { items, ...beside });
}
