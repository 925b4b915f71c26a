/** Universal Sentence Encoder lite: its name, its files and four sample texts, by address. */
declare const model: {
  readonly name: 'use-lite';
  /** One sentence: what it is and what it takes. */
  readonly summary: string;
  /** Address of each file of the checkpoint. */
  readonly files: Readonly<
    Record<'config.json' | 'tokenizer.json' | 'model.safetensors' | 'calibration.npz', URL>
  >;
  /** Short English texts (UTF-8, no line end), each below the limit of 128 tokens. */
  readonly samples: Readonly<Record<'neurons' | 'astrocytes' | 'memory' | 'habit', URL>>;
};
export default model;
