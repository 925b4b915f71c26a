// One `new URL` with a literal each: bundlers find the files by that, and Node resolves it as it is.

/** A small ViT for handwritten digits. */
export default {
  name: 'vit-digits',
  summary:
    'A small ViT for handwritten digits: 28 × 28 grey levels, white on black, to one of ten.',
  files: {
    'config.json': new URL('./config.json', import.meta.url),
    'preprocessor_config.json': new URL('./preprocessor_config.json', import.meta.url),
    'model.safetensors': new URL('./model.safetensors', import.meta.url),
    'calibration.npz': new URL('./calibration.npz', import.meta.url),
    'hidden/index.json': new URL('./hidden/index.json', import.meta.url),
    'hidden/fine-tuned-16.safetensors': new URL(
      './hidden/fine-tuned-16.safetensors',
      import.meta.url,
    ),
    'hidden/fine-tuned-64.safetensors': new URL(
      './hidden/fine-tuned-64.safetensors',
      import.meta.url,
    ),
  },
  samples: {
    zero: new URL('./samples/zero.png', import.meta.url),
    seven: new URL('./samples/seven.png', import.meta.url),
    six: new URL('./samples/six.png', import.meta.url),
    'zero-2': new URL('./samples/zero-2.png', import.meta.url),
    three: new URL('./samples/three.png', import.meta.url),
    four: new URL('./samples/four.png', import.meta.url),
    one: new URL('./samples/one.png', import.meta.url),
    five: new URL('./samples/five.png', import.meta.url),
    'four-2': new URL('./samples/four-2.png', import.meta.url),
    'five-2': new URL('./samples/five-2.png', import.meta.url),
    'three-2': new URL('./samples/three-2.png', import.meta.url),
    two: new URL('./samples/two.png', import.meta.url),
  },
};
