/** A number for people: three significant digits, no exponent between 0.001 and 99 999; `–` for null. */
export function formatNumber(value: number | null, digits = 3): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  let text: string;
  if (size === 0) text = '0';
  else if (size >= 1e5 || size < 1e-3) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
    text = `${mantissa}e${Number(exponent)}`;
  } else if (size >= 10 ** digits) text = String(Math.round(value));
  else text = value.toPrecision(digits);
  return text.replaceAll('-', '−');
}

/** A number with a fixed count of decimals and a true minus sign. */
export function formatFixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '−');
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A number on an axis: as `formatNumber` with two digits, zeros at the end dropped; 10ⁿ for far powers of ten. */
export function formatTick(value: number): string {
  const text = formatNumber(value, 2);
  const power = /^1\.0e(−?)(\d+)$/.exec(text);
  if (power) {
    const [, sign, digits = ''] = power;
    return `10${sign ? '⁻' : ''}${[...digits].map((digit) => superscripts[Number(digit)]).join('')}`;
  }
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}
