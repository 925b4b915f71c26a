import type { HeadDetail } from '../compare/comparison.js';
import type { ColourMap } from './colour-map.js';
import { divergingColour, type Rgba } from './palette.js';

/** Levels on each side of the middle. */
const levels = 20;
/** Even the ends of the scale let text and pictures show through. */
const opacity = 0.78;

/** Ends the scale may have: a factor, its natural logarithm, its name. */
const ends = [
  { factor: 1.25, log: 0.22314355131420976 },
  { factor: 1.5, log: 0.4054651081081644 },
  { factor: 2, log: Math.LN2 },
  { factor: 4, log: 2 * Math.LN2 },
  { factor: 10, log: Math.LN10 },
  { factor: 100, log: 2 * Math.LN10 },
  { factor: 1000, log: 3 * Math.LN10 },
] as const;

/**
 * ln(c_t / normaliser_t) of each token: 0 where the astrocyte's response is the transformer's normaliser,
 * NaN where the response is not positive and has no logarithm.
 */
export function logRatios(detail: HeadDetail): Float64Array {
  return Float64Array.from(detail.logResponse, (log, t) =>
    (detail.response[t] ?? 0) > 0 ? log - (detail.logNormaliser[t] ?? 0) : Number.NaN,
  );
}

/** A diverging scale of response against normaliser: from 1/`factor` over 1 to `factor`. */
export interface ShadingScale extends ColourMap {
  readonly factor: number;
  /** Natural logarithm of `factor`. */
  readonly limit: number;
  /** Levels on each side; `index` gives 0 … 2 × `levels`, the middle is `levels`. */
  readonly levels: number;
}

/** The narrowest scale, common to the heads given, on which 95 % of their tokens have a place (÷1000 … ×1000 at most). */
export function shadingScale(details: readonly HeadDetail[]): ShadingScale {
  const sizes = details
    .flatMap((detail) => [...logRatios(detail)])
    .filter((ratio) => !Number.isNaN(ratio))
    .map(Math.abs)
    .sort((a, b) => a - b);
  const wanted = sizes[Math.ceil(0.95 * sizes.length) - 1] ?? 0;
  const end = ends.find(({ log }) => log >= wanted) ?? ends[ends.length - 1] ?? ends[0];
  const colours: Rgba[] = [];
  for (let i = -levels; i <= levels; i++) colours.push(divergingColour(i / levels, opacity));
  return {
    factor: end.factor,
    limit: end.log,
    levels,
    colours,
    index: (ratio) => {
      const t = Math.min(1, Math.max(-1, ratio / end.log));
      return levels + Math.round(levels * t);
    },
    legend: {
      from: 0,
      ticks: [
        { at: 0, text: `÷${end.factor}` },
        { at: 0.5, text: 'equal' },
        { at: 1, text: `×${end.factor}` },
      ],
    },
  };
}
