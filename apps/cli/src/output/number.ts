/**
 * A number for a table: `digits` decimals, exponents where those would hide it (below half a unit of the
 * last, or from 10⁵ up), `–` where there is none.
 */
export function formatNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const tiny = size !== 0 && size < 0.5 / 10 ** digits;
  const text = tiny || size >= 1e5 ? value.toExponential(1) : value.toFixed(digits);
  return text.replaceAll('-', '−');
}

/** A share as a percentage, without the sign. */
export function formatPercent(share: number | null | undefined, digits = 1): string {
  return formatNumber(share === null || share === undefined ? share : 100 * share, digits);
}

/** `1 head`, `2 heads`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
