import { TripartiteError } from '../errors.js';
import { giveWay } from '../event-loop.js';
import { cropAt, toGrey, toRgb } from '../image/convert.js';
import { mirror, shift } from '../image/move.js';
import type { Picture } from '../image/picture.js';
import { preparePicture } from '../image/prepare.js';
import { resizePicture } from '../image/resize.js';
import { createGenerator, type Generator } from '../random/generator.js';
import type { ModelInput } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';

/** Options of `pictureViews`. */
export interface ViewOptions {
  /** Views of each picture, the first of them the picture itself. Default 50 for painters, 1 for other models. */
  readonly views?: number;
  /** Seed of crops, flips and shifts. Default 1. */
  readonly seed?: number;
  /** Most pixels that a view is shifted by each way, at the model's size; models other than painters only. Default 2. */
  readonly shift?: number;
}

/** Views of a picture that a painter gets unless told otherwise. */
const painterViews = 50;
/** Most views of a picture. */
const mostViews = 10_000;
/** Least share of the largest square that a crop takes, as in photo-mae's own training. */
const leastArea = 0.12;
/** Pictures are first brought down to so many times the model's side: crops of 12 % are then still larger than it. */
const reducedSides = 8;
/** Most bytes of all views together. */
const mostBytes = 2 ** 31;

/**
 * Views of pictures to fit a hidden layer on, each at the model's size, picture after picture. A painter sees each
 * picture as it is, then random square crops, half of them mirrored; other models (a mirrored digit is no digit) see
 * it as it is, then shifted, the border's level coming in. The same pictures, options and order give the same views,
 * and more views of a picture keep those before. Pictures are taken one at a time. Throws `BAD_INPUT` for a model that
 * reads texts or an option out of range, `BAD_IMAGE`, and `OUT_OF_MEMORY` for more than 2 GiB.
 */
export async function pictureViews(
  model: Model,
  pictures: Iterable<Picture> | AsyncIterable<Picture>,
  options: ViewOptions = {},
): Promise<ModelInput[]> {
  const { seed = 1 } = options;
  const viewer = createViewer(model, options);
  const inputs: ModelInput[] = [];
  let bytes = 0;
  let number = 0;
  for await (const picture of pictures) {
    for (const image of viewer(picture, createGenerator(seed, 'fit-views', number))) {
      bytes += image.data.length;
      if (bytes > mostBytes) {
        throw new TripartiteError(
          'OUT_OF_MEMORY',
          `views of pictures take more than ${mostBytes} bytes; fewer pictures or views are needed`,
        );
      }
      inputs.push({ image });
    }
    number++;
    await giveWay();
  }
  return inputs;
}

type Viewer = (picture: Picture, generator: Generator) => Iterable<Picture>;

function createViewer(
  { name, preprocessor, plan: { patches } }: Model,
  { views, shift: most = 2 }: ViewOptions,
): Viewer {
  if (!preprocessor || !patches) {
    throw new TripartiteError('BAD_INPUT', `${name} reads texts; views are of pictures`);
  }
  const paints = patches.maskRatio !== undefined;
  const count = views ?? (paints ? painterViews : 1);
  checkWhole('views', count, 1, mostViews);
  checkWhole('shift', most, 0, patches.imageSize - 1);
  // The model's own preparation cuts the middle out of every view, which is to happen once.
  const { centreCrop: _, ...settings } = preprocessor;
  const { imageSize: side, channels } = patches;
  const { width, height, filter } = settings.resize ?? {
    width: side,
    height: side,
    filter: 'bilinear',
  };
  const draw = (step: Generator): number => step.integer(2 * most + 1) - most;
  return function* (picture, generator) {
    const seen = preparePicture(picture, settings, channels);
    yield seen;
    if (!paints) {
      for (let view = 1; view < count; view++) yield shift(seen, draw(generator), draw(generator));
      return;
    }
    if (count === 1) return;
    const whole = reduce(channels === 1 ? toGrey(picture) : toRgb(picture), reducedSides * side);
    for (let view = 1; view < count; view++) {
      const cut = cropRandomly(whole, side, generator);
      const flip = generator.integer(2) === 1;
      const resized = resizePicture(cut, width, height, filter);
      yield flip ? mirror(resized) : resized;
    }
  };
}

/** A picture whose shorter side is at most `side` pixels. */
function reduce(picture: Picture, side: number): Picture {
  const { width, height } = picture;
  const shorter = Math.min(width, height);
  if (shorter <= side) return picture;
  const scaled = (length: number): number => Math.max(1, Math.round((length * side) / shorter));
  return resizePicture(picture, scaled(width), scaled(height), 'bilinear');
}

/** A square anywhere in the picture, of 12 to 100 % of its largest one, of no less than `side` pixels where it can. */
function cropRandomly(picture: Picture, side: number, generator: Generator): Picture {
  const largest = Math.min(picture.width, picture.height);
  const share = Math.sqrt(leastArea + (1 - leastArea) * generator.uniform());
  const own = Math.max(Math.round(share * largest), Math.min(side, largest));
  const left = generator.integer(picture.width - own + 1);
  const top = generator.integer(picture.height - own + 1);
  return cropAt(picture, left, top, own, own);
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new TripartiteError(
    'BAD_INPUT',
    `${name} is ${value}; a whole number from ${least} to ${most} is allowed`,
  );
}
