import { z } from 'zod';
import { TripartiteError } from '../errors.js';
import type { ResizeFilter } from './resize.js';

/** How a picture becomes a model's input, in this order. */
export interface PreprocessorSettings {
  /** What is cut out before resizing; Hugging Face has no such key, ours is `"crop"`. */
  readonly crop: 'none' | 'centre-square';
  /** Size in pixels to resize to, absent where the picture keeps its own. */
  readonly resize?: {
    readonly width: number;
    readonly height: number;
    readonly filter: ResizeFilter;
  };
  /** Middle of the resized picture that is kept, in pixels. */
  readonly centreCrop?: { readonly width: number; readonly height: number };
  /**
   * True for models of light drawings on dark ground: dark ones on white are to be inverted first. Ours:
   * `"polarity": "light-on-dark"`.
   */
  readonly lightOnDark: boolean;
  /** Factor on 8-bit levels, 1 where levels stay. */
  readonly rescale: number;
  /** Subtracted after rescaling: a value per channel. */
  readonly mean: readonly number[];
  /** Divided by last: a value per channel. */
  readonly std: readonly number[];
}

const FILE = 'preprocessor_config.json';

const side = z.int().min(1).max(10_000);
const size = z.union([side, z.strictObject({ height: side, width: side })]);
const factor = z.number().positive();
const statistic = <T extends z.ZodType<number>>(value: T) =>
  z.union([value.transform((x) => [x]), z.array(value).refine((a) => [1, 3].includes(a.length))]);

// Names, defaults and order of Hugging Face's ViTImageProcessor.
const schema = z.looseObject({
  image_processor_type: z.string().optional(),
  feature_extractor_type: z.string().optional(),
  do_resize: z.boolean().default(true),
  size: size.default(224),
  resample: z.int().default(2),
  do_center_crop: z.boolean().nullish(),
  crop_size: size.nullish(),
  do_rescale: z.boolean().default(true),
  rescale_factor: factor.default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: statistic(z.number()).default([0.5, 0.5, 0.5]),
  image_std: statistic(factor).default([0.5, 0.5, 0.5]),
  crop: z.enum(['none', 'centre-square']).default('none'),
  polarity: z.enum(['any', 'light-on-dark']).default('any'),
});

const processors = ['ViTImageProcessor', 'ViTImageProcessorFast', 'ViTFeatureExtractor'];

const filters: Readonly<Record<number, ResizeFilter>> = { 2: 'bilinear', 3: 'bicubic' };

// Keys that say something about files or frameworks and nothing about numbers.
const harmless = new Set([
  'processor_class',
  'do_convert_rgb',
  'default_to_square',
  'data_format',
  'input_data_format',
  'return_tensors',
  '_valid_processor_keys',
]);

/**
 * Reads the parsed JSON of a `preprocessor_config.json`. Throws `BAD_CHECKPOINT` where a value is of the
 * wrong kind, and `UNSUPPORTED`, naming it, for a processor, resampling filter or option that would change
 * the pixels and is not built here. Options that are off (null or false) are passed over.
 */
export function readPreprocessor(json: unknown): PreprocessorSettings {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') || 'the whole';
    throw new TripartiteError('BAD_CHECKPOINT', `${FILE}: ${where}: ${issue?.message}`);
  }
  const config = parsed.data;
  refuseUnknown(config);
  const filter = filters[config.resample];
  if (config.do_resize && filter === undefined) {
    throw new TripartiteError(
      'UNSUPPORTED',
      `${FILE}: resample is ${config.resample}; 2 (bilinear) and 3 (bicubic) are built`,
    );
  }
  const { image_mean: mean, image_std: std } = config;
  if (mean.length !== std.length) {
    throw new TripartiteError(
      'BAD_CHECKPOINT',
      `${FILE}: image_mean has ${mean.length} values but image_std has ${std.length}; they must match`,
    );
  }
  return {
    crop: config.crop,
    lightOnDark: config.polarity === 'light-on-dark',
    ...(config.do_resize && filter !== undefined && { resize: { ...sides(config.size), filter } }),
    ...(config.do_center_crop && { centreCrop: sides(config.crop_size ?? config.size) }),
    rescale: config.do_rescale ? config.rescale_factor : 1,
    mean: config.do_normalize ? mean : mean.map(() => 0),
    std: config.do_normalize ? std : std.map(() => 1),
  };
}

function refuseUnknown(config: z.infer<typeof schema>): void {
  for (const key of ['image_processor_type', 'feature_extractor_type'] as const) {
    const type = config[key];
    if (type !== undefined && !processors.includes(type)) {
      throw new TripartiteError(
        'UNSUPPORTED',
        `${FILE}: ${key} is ${JSON.stringify(type)}; ${processors.join(', ')} are built`,
      );
    }
  }
  if (typeof config.size === 'number' && config.default_to_square === false) {
    throw new TripartiteError(
      'UNSUPPORTED',
      `${FILE}: default_to_square is false with one size; give size as {"height", "width"}`,
    );
  }
  for (const [key, value] of Object.entries(config)) {
    if (key in schema.shape || harmless.has(key) || value === null || value === false) continue;
    throw new TripartiteError(
      'UNSUPPORTED',
      `${FILE}: option ${JSON.stringify(key)} is not built; remove it or set it to false`,
    );
  }
}

function sides(value: z.infer<typeof size>): { width: number; height: number } {
  return typeof value === 'number'
    ? { width: value, height: value }
    : { width: value.width, height: value.height };
}
