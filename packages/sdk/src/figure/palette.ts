/**
 * Colours of every figure, page and report, defined once. Mid-tones after Okabe and Ito's set for the
 * colour-blind, shifted so that each keeps a contrast of about 3 or more on white and on near-black.
 */

/** A colour: red, green, blue, opacity, each 0–255. */
export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** The transformer and its softmax. */
export const transformerColour = '#2b83c4';
/** The neurons and astrocytes. */
export const networkColour = '#d55e00';
/** Measures that belong to neither side. */
export const neutralColour = '#0a9472';
/** The decoder's layers, where a model has two stacks. */
export const decoderColour = '#b8639b';
/** Neurons that were drawn by chance, where fitted ones have the network's colour. */
export const drawnColour = '#8a8f98';

const kindColours = [
  networkColour,
  neutralColour,
  decoderColour,
  '#b8860b',
  '#7a6fd0',
  transformerColour,
  drawnColour,
  '#3fa7b5',
  '#a0522d',
] as const;

/** Colour of the i-th kind of hidden layer in a figure; repeats after nine. */
export function kindColour(index: number): string {
  return kindColours[index % kindColours.length] ?? networkColour;
}

/** Dark ink to pale yellow, lightness rising evenly; 0 is no attention. */
const sequentialAnchors: readonly (readonly [number, number, number])[] = [
  [16, 22, 63],
  [31, 77, 143],
  [43, 131, 196],
  [95, 183, 201],
  [191, 227, 192],
  [253, 246, 195],
];
const below: readonly [number, number, number] = [43, 131, 196];
const above: readonly [number, number, number] = [213, 94, 0];

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Colour of `t` in [0, 1] on the sequential scale. */
export function sequentialColour(t: number): Rgba {
  const last = sequentialAnchors.length - 1;
  const place = clamp(t, 0, 1) * last;
  const i = Math.min(last - 1, Math.floor(place));
  const low = sequentialAnchors[i] ?? below;
  const high = sequentialAnchors[i + 1] ?? above;
  const mix = (c: 0 | 1 | 2) => Math.round(low[c] + (high[c] - low[c]) * (place - i));
  return [mix(0), mix(1), mix(2), 255];
}

/**
 * Colour of `t` in [−1, 1] on the diverging scale: blue below, orange above, and clear at 0, so that
 * the page's own background, light or dark, is the middle. `opacity` is that of the ends.
 */
export function divergingColour(t: number, opacity = 1): Rgba {
  const [red, green, blue] = t < 0 ? below : above;
  return [red, green, blue, Math.round(255 * opacity * clamp(Math.abs(t), 0, 1))];
}

/** A colour as CSS text. */
export function cssColour([red, green, blue, alpha]: Rgba): string {
  return alpha === 255
    ? `rgb(${red},${green},${blue})`
    : `rgba(${red},${green},${blue},${Math.round((alpha / 255) * 1000) / 1000})`;
}
