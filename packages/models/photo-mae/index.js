// One `new URL` with a literal each: bundlers find the files by that, and Node resolves it as it is.

/** A small masked autoencoder for photographs. */
export default {
  name: 'photo-mae',
  summary:
    'A small masked autoencoder: the centre square of a photograph, 96 × 96; paints its hidden half.',
  files: {
    'config.json': new URL('./config.json', import.meta.url),
    'preprocessor_config.json': new URL('./preprocessor_config.json', import.meta.url),
    'model.safetensors': new URL('./model.safetensors', import.meta.url),
    'calibration.npz': new URL('./calibration.npz', import.meta.url),
    'hidden/index.json': new URL('./hidden/index.json', import.meta.url),
    'hidden/fine-tuned-64.safetensors': new URL(
      './hidden/fine-tuned-64.safetensors',
      import.meta.url,
    ),
  },
  samples: {
    astronaut: new URL('./samples/astronaut-96.png', import.meta.url),
    'astronaut-large': new URL('./samples/astronaut.jpg', import.meta.url),
    boats: new URL('./samples/boats-96.png', import.meta.url),
    'boats-large': new URL('./samples/boats.jpg', import.meta.url),
    cat: new URL('./samples/cat-96.png', import.meta.url),
    'cat-large': new URL('./samples/cat.jpg', import.meta.url),
    coffee: new URL('./samples/coffee-96.png', import.meta.url),
    'coffee-large': new URL('./samples/coffee.jpg', import.meta.url),
    goldfish: new URL('./samples/goldfish-96.png', import.meta.url),
    'goldfish-large': new URL('./samples/goldfish.jpg', import.meta.url),
    'grey-cat': new URL('./samples/grey-cat-96.png', import.meta.url),
    'grey-cat-large': new URL('./samples/grey-cat.jpg', import.meta.url),
    moose: new URL('./samples/moose-96.png', import.meta.url),
    'moose-large': new URL('./samples/moose.jpg', import.meta.url),
    mountain: new URL('./samples/mountain-96.png', import.meta.url),
    'mountain-large': new URL('./samples/mountain.jpg', import.meta.url),
    raccoon: new URL('./samples/raccoon-96.png', import.meta.url),
    'raccoon-large': new URL('./samples/raccoon.jpg', import.meta.url),
    rocket: new URL('./samples/rocket-96.png', import.meta.url),
    'rocket-large': new URL('./samples/rocket.jpg', import.meta.url),
    tiger: new URL('./samples/tiger-96.png', import.meta.url),
    'tiger-large': new URL('./samples/tiger.jpg', import.meta.url),
    windmill: new URL('./samples/windmill-96.png', import.meta.url),
    'windmill-large': new URL('./samples/windmill.jpg', import.meta.url),
  },
};
