import { describe, expect, it } from 'vitest';
import { readPreprocessor } from '../../src/image/preprocessor.js';

const digits = {
  do_resize: true,
  size: { height: 28, width: 28 },
  resample: 2,
  do_rescale: true,
  rescale_factor: 0.00392156862745098,
  do_normalize: false,
  image_mean: [0.0],
  image_std: [1.0],
  image_processor_type: 'ViTImageProcessor',
};

const photographs = {
  image_processor_type: 'ViTImageProcessor',
  do_resize: true,
  size: { height: 96, width: 96 },
  resample: 3,
  do_rescale: true,
  rescale_factor: 0.00392156862745098,
  do_normalize: true,
  image_mean: [0.485, 0.456, 0.406],
  image_std: [0.229, 0.224, 0.225],
};

describe('readPreprocessor', () => {
  it('reads the settings of a digit model and of a painter of photographs', () => {
    expect(readPreprocessor(digits)).toEqual({
      crop: 'none',
      resize: { width: 28, height: 28, filter: 'bilinear' },
      lightOnDark: false,
      rescale: 1 / 255,
      mean: [0],
      std: [1],
    });
    expect(readPreprocessor({ ...photographs, crop: 'centre-square' })).toEqual({
      crop: 'centre-square',
      resize: { width: 96, height: 96, filter: 'bicubic' },
      lightOnDark: false,
      rescale: 1 / 255,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    });
  });

  it("takes Hugging Face's defaults where a key is absent", () => {
    expect(readPreprocessor({})).toEqual({
      crop: 'none',
      resize: { width: 224, height: 224, filter: 'bilinear' },
      lightOnDark: false,
      rescale: 1 / 255,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    });
  });

  it('reads our own key for models of light drawings on dark ground', () => {
    expect(readPreprocessor({ ...digits, polarity: 'light-on-dark' }).lightOnDark).toBe(true);
    expect(() => readPreprocessor({ ...digits, polarity: 'dark' })).toThrow(/polarity/);
  });

  it('leaves out the steps that are off', () => {
    const off = { do_resize: false, do_rescale: false, do_normalize: false, do_center_crop: false };
    expect(readPreprocessor({ ...photographs, ...off })).toEqual({
      crop: 'none',
      lightOnDark: false,
      rescale: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
  });

  it('reads a crop after resizing, a number for both sides, a number for all channels', () => {
    const settings = readPreprocessor({
      size: 256,
      do_center_crop: true,
      crop_size: 224,
      image_mean: 0.5,
      image_std: 0.25,
    });
    expect(settings.resize).toEqual({ width: 256, height: 256, filter: 'bilinear' });
    expect(settings.centreCrop).toEqual({ width: 224, height: 224 });
    expect([settings.mean, settings.std]).toEqual([[0.5], [0.25]]);
  });

  it('passes over keys that change nothing', () => {
    const idle = { processor_class: 'P', do_convert_rgb: true, do_pad: false, pad_size: null };
    expect(readPreprocessor({ ...digits, ...idle })).toEqual(readPreprocessor(digits));
  });

  it.each([
    ['resample', { resample: 1 }, 'resample is 1; 2 (bilinear) and 3 (bicubic) are built'],
    ['processor', { image_processor_type: 'CLIPImageProcessor' }, 'CLIPImageProcessor'],
    ['old processor', { feature_extractor_type: 'BeitFeatureExtractor' }, 'BeitFeatureExtractor'],
    ['option', { do_pad: true }, 'option "do_pad" is not built'],
    ['shortest edge', { size: 224, default_to_square: false }, 'default_to_square'],
  ])('refuses another %s by name', (_, change, message) => {
    expect(() => readPreprocessor({ ...digits, ...change })).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED',
        message: expect.stringContaining(message),
      }),
    );
  });

  it.each([
    ['size', { size: { shortest_edge: 224 } }, 'size'],
    ['zero size', { size: { height: 0, width: 28 } }, 'size'],
    ['resample', { resample: 'bilinear' }, 'resample'],
    ['factor', { rescale_factor: 0 }, 'rescale_factor'],
    ['std', { image_std: [0] }, 'image_std'],
    ['mean of two channels', { image_mean: [0.5, 0.5] }, 'image_mean'],
    ['mean and std of other lengths', { image_mean: [0.5, 0.5, 0.5] }, 'they must match'],
    ['crop', { crop: 'center' }, 'crop'],
    ['flag', { do_resize: 1 }, 'do_resize'],
  ])('refuses a wrong %s, naming the key', (_, change, message) => {
    expect(() => readPreprocessor({ ...digits, ...change })).toThrow(
      expect.objectContaining({
        code: 'BAD_CHECKPOINT',
        message: expect.stringContaining(message),
      }),
    );
  });

  it.each([null, 3, 'text', []])('refuses %j, which is no object', (json) => {
    expect(() => readPreprocessor(json)).toThrow(
      expect.objectContaining({ code: 'BAD_CHECKPOINT' }),
    );
  });
});
