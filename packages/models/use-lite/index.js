// One `new URL` with a literal each: bundlers find the files by that, and Node resolves it as it is.

/** Universal Sentence Encoder lite; build/ is written by scripts/convert.mjs. */
export default {
  name: 'use-lite',
  summary:
    'Universal Sentence Encoder lite: English text, up to 128 tokens, to an embedding of 512.',
  files: {
    'config.json': new URL('./build/config.json', import.meta.url),
    'tokenizer.json': new URL('./build/tokenizer.json', import.meta.url),
    'model.safetensors': new URL('./build/model.safetensors', import.meta.url),
    'calibration.npz': new URL('./calibration.npz', import.meta.url),
  },
  samples: {
    neurons: new URL('./samples/neurons.txt', import.meta.url),
    astrocytes: new URL('./samples/astrocytes.txt', import.meta.url),
    memory: new URL('./samples/memory.txt', import.meta.url),
    habit: new URL('./samples/habit.txt', import.meta.url),
  },
};
