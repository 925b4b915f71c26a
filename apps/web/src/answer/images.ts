import {
  differenceColours,
  encodeMatrix,
  encodePicture,
  formatNumber,
  type Picture,
  pngAddress,
} from '@tripartite/sdk/figure';

/** A picture as an address for `<img>`. */
export function pictureAddress(picture: Picture): string {
  return pngAddress(encodePicture(picture));
}

/** Signed numbers, (rows, columns), blue below 0 and orange above, as an address for `<img>`. */
export function signedAddress(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  limit: number,
): string {
  const map = differenceColours(limit, formatNumber);
  return pngAddress(encodeMatrix(values, rows, columns, map));
}

/** Largest |value|. */
export function largestSize(...lists: readonly ArrayLike<number>[]): number {
  let most = 0;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) most = Math.max(most, Math.abs(list[i] ?? 0));
  }
  return most;
}
