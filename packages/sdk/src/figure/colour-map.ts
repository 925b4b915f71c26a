import { divergingColour, type Rgba, sequentialColour } from './palette.js';

/** A finite table of colours and the way from a number into it: cells, rasters and legends share it. */
export interface ColourMap {
  readonly colours: readonly Rgba[];
  /** Row of `colours` for a value; values outside the range take its end. */
  index(value: number): number;
  /** What the legend shows: the part of `colours` in use and named places on it, 0 left to 1 right. */
  readonly legend: {
    readonly from: number;
    readonly ticks: readonly { readonly at: number; readonly text: string }[];
  };
}

const steps = 32;
const half = steps / 2;

function signedRoot(value: number, limit: number): number {
  const t = limit > 0 ? Math.min(1, Math.sqrt(Math.abs(value) / limit)) : 0;
  return value < 0 ? -t : t;
}

/**
 * Attention weights 0…`max` on a square-root scale, so that small weights stay visible. Negative weights,
 * which only signed activations give, are orange; the legend has them only where `negative` is true.
 */
export function attentionColours(
  max: number,
  negative: boolean,
  text: (value: number) => string,
): ColourMap {
  const colours: Rgba[] = [];
  for (let i = half; i > 0; i--) colours.push(divergingColour(i / half));
  for (let i = 0; i <= steps; i++) colours.push(sequentialColour(i / steps));
  const from = negative ? 0 : half;
  const span = half + steps - from;
  const at = (i: number) => (i - from) / span;
  const ticks = [
    { at: at(half), text: '0' },
    { at: at(half + half), text: text(max / 4) },
    { at: 1, text: text(max) },
  ];
  return {
    colours,
    index: (value) => {
      const t = signedRoot(value, max);
      return half + Math.round(t * (t < 0 ? half : steps));
    },
    legend: { from, ticks: negative ? [{ at: 0, text: text(-max) }, ...ticks] : ticks },
  };
}

/**
 * Differences −`limit`…`limit`, clear at 0: on a square-root scale on both sides, or a linear one where sizes are to
 * be told apart.
 */
export function differenceColours(
  limit: number,
  text: (value: number) => string,
  scale: 'root' | 'linear' = 'root',
): ColourMap {
  const quarter = scale === 'root' ? 4 : 2;
  const place = (value: number) =>
    scale === 'root' ? signedRoot(value, limit) : Math.max(-1, Math.min(1, value / (limit || 1)));
  const colours: Rgba[] = [];
  for (let i = -half; i <= half; i++) colours.push(divergingColour(i / half));
  return {
    colours,
    index: (value) => half + Math.round(half * place(value)),
    legend: {
      from: 0,
      ticks: [
        { at: 0, text: text(-limit) },
        { at: 0.25, text: text(-limit / quarter) },
        { at: 0.5, text: '0' },
        { at: 0.75, text: text(limit / quarter) },
        { at: 1, text: text(limit) },
      ],
    },
  };
}
