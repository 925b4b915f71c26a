import type { SideBySideTwin } from '../compare/comparison.js';
import type { Picture } from '../image/picture.js';
import { type ColourMap, differenceColours } from './colour-map.js';
import { formatFixed, formatNumber } from './format.js';
import { pictureDifference } from './picture-difference.js';
import { encodeMatrix, pngAddress } from './raster.js';
import { type Side, sideBySideName } from './side-by-side-rows.js';

/** One painting among several. */
export interface Painting {
  readonly side: Side;
  readonly name: string;
  /** PSNR against the transformer's painting, dB; infinite for that itself. */
  readonly agreement: number;
  readonly picture: Picture;
  /** What it has over the transformer's painting, mean over the colours, grey levels; absent for that itself. */
  readonly difference?: Float32Array;
}

/** Paintings of one photograph, with the colours that their differences share. */
export interface Paintings {
  readonly list: readonly Painting[];
  /** Largest difference of all, grey levels of 255. */
  readonly limit: number;
  readonly colours: ColourMap;
}

/** The transformer's painting and those of several hidden layers; undefined where nothing was painted. */
export function paintingsOf(twins: readonly SideBySideTwin[]): Paintings | undefined {
  const own = twins[0]?.pictures?.softmax;
  if (!own) return undefined;
  const list = twins.flatMap((twin): Painting[] => {
    const { output } = twin.comparison;
    const picture = twin.pictures?.twin;
    if (output.type !== 'picture' || !picture) return [];
    const { side, name } = sideBySideName(twin);
    const difference = pictureDifference(own, picture);
    return [{ side, name, agreement: output.agreement, picture, difference }];
  });
  const limit = list.reduce(
    (most, { difference }) =>
      (difference ?? new Float32Array()).reduce(
        (size, value) => Math.max(size, Math.abs(value)),
        most,
      ),
    0,
  );
  const transformer: Painting = {
    side: 'transformer',
    name: 'transformer (softmax)',
    agreement: Number.POSITIVE_INFINITY,
    picture: own,
  };
  const colours = differenceColours(limit, (value) => formatNumber(value, 2), 'linear');
  return { list: [transformer, ...list], limit, colours };
}

/** A painting's nearness to the transformer's, in words. */
export function paintingNote({ side, agreement }: Painting): string {
  if (side === 'transformer') return 'what the others stand in for';
  return Number.isFinite(agreement)
    ? `PSNR ${formatFixed(agreement, 1)} dB against it`
    : 'the same';
}

/** The address of a painting's difference, blue below and orange above, clear where equal. */
export function differenceAddress({ picture, difference }: Painting, { colours }: Paintings) {
  if (!difference) return undefined;
  return pngAddress(encodeMatrix(difference, picture.height, picture.width, colours));
}
