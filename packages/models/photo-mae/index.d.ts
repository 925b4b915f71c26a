type Photograph =
  | 'astronaut'
  | 'boats'
  | 'cat'
  | 'coffee'
  | 'goldfish'
  | 'grey-cat'
  | 'moose'
  | 'mountain'
  | 'raccoon'
  | 'rocket'
  | 'tiger'
  | 'windmill';

/** A small masked autoencoder for photographs: its name, its files and twelve samples, by address. */
declare const model: {
  readonly name: 'photo-mae';
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
      | 'hidden/fine-tuned-64.safetensors',
      URL
    >
  >;
  /** Each photograph as a PNG of 96 × 96, and under `…-large` as a JPEG of up to 256 × 256. */
  readonly samples: Readonly<Record<Photograph | `${Photograph}-large`, URL>>;
};
export default model;
