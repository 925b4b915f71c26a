import digits from '../../../../packages/models/vit-digits/index.js';

/** A file that the test's server adds to the page. */
const served = (name: string) => new URL(`/fitted/${name}`, location.origin);

/** The digits' model with two fitted layers in place of its own; stands for its package in the page under test. */
export default {
  ...digits,
  files: {
    'config.json': digits.files['config.json'],
    'model.safetensors': digits.files['model.safetensors'],
    'preprocessor_config.json': digits.files['preprocessor_config.json'],
    'calibration.npz': digits.files['calibration.npz'],
    'hidden/index.json': served('index.json'),
    'hidden/learned-16.safetensors': served('learned-16.safetensors'),
    'hidden/learned-64.safetensors': served('learned-64.safetensors'),
  },
};
