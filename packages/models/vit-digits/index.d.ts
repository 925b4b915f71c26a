/** A small ViT for handwritten digits: its name, its files and twelve sample digits, by address. */
declare const model: {
  readonly name: 'vit-digits';
  /** One sentence: what it is and what it takes. */
  readonly summary: string;
  /** Address of each file: the checkpoint, and hidden layers that were fitted to it. */
  readonly files: Readonly<
    Record<
      | 'config.json'
      | 'preprocessor_config.json'
      | 'model.safetensors'
      | 'calibration.npz'
      | 'hidden/index.json'
      | 'hidden/fine-tuned-16.safetensors'
      | 'hidden/fine-tuned-64.safetensors',
      URL
    >
  >;
  /** Grey PNGs of 28 × 28, white on black, named by what they show. */
  readonly samples: Readonly<
    Record<
      | 'zero'
      | 'seven'
      | 'six'
      | 'zero-2'
      | 'three'
      | 'four'
      | 'one'
      | 'five'
      | 'four-2'
      | 'five-2'
      | 'three-2'
      | 'two',
      URL
    >
  >;
};
export default model;
