import type { ModelSource } from '../../src/checkpoint/model-source.js';
import { type TensorData, writeSafetensors } from '../../src/checkpoint/safetensors-writer.js';
import { createGenerator } from '../../src/random/generator.js';

// Checkpoints of a few hundred numbers, of shapes that no model that ships has: three channels, one layer,
// widths that are no multiples of four.

/** Config of a ViT: 6 × 6 pixels in 4 patches, 3 heads of width 5. */
export const tinyVit = {
  model_type: 'vit',
  image_size: 6,
  patch_size: 3,
  num_channels: 3,
  hidden_size: 15,
  num_hidden_layers: 1,
  num_attention_heads: 3,
  intermediate_size: 7,
  layer_norm_eps: 1e-3,
  id2label: { 0: 'neuron', 1: 'astrocyte', 2: 'synapse' },
};

/** Config of a ViTMAE: 8 × 8 pixels in 16 patches, 12 of them hidden; heads of width 6 and 5. */
export const tinyMae = {
  model_type: 'vit_mae',
  image_size: 8,
  patch_size: 2,
  num_channels: 3,
  hidden_size: 12,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 10,
  layer_norm_eps: 1e-3,
  decoder_hidden_size: 15,
  decoder_num_hidden_layers: 2,
  decoder_num_attention_heads: 3,
  decoder_intermediate_size: 9,
  mask_ratio: 0.75,
};

type Shapes = Record<string, number[]>;

const linear = (name: string, input: number, output: number): Shapes => ({
  [`${name}.weight`]: [output, input],
  [`${name}.bias`]: [output],
});

const norm = (name: string, width: number): Shapes => ({
  [`${name}.weight`]: [width],
  [`${name}.bias`]: [width],
});

function block(name: string, width: number, inner: number): Shapes {
  const attention = `${name}.attention.attention`;
  return {
    ...norm(`${name}.layernorm_before`, width),
    ...norm(`${name}.layernorm_after`, width),
    ...linear(`${attention}.query`, width, width),
    ...linear(`${attention}.key`, width, width),
    ...linear(`${attention}.value`, width, width),
    ...linear(`${name}.attention.output.dense`, width, width),
    ...linear(`${name}.intermediate.dense`, width, inner),
    ...linear(`${name}.output.dense`, inner, width),
  };
}

type Shared = Omit<typeof tinyVit, 'model_type' | 'id2label'>;

function encoder(c: Shared): Shapes {
  const e = 'vit.embeddings';
  const tokens = (c.image_size / c.patch_size) ** 2 + 1;
  const layers = Array.from({ length: c.num_hidden_layers }, (_, layer) =>
    block(`vit.encoder.layer.${layer}`, c.hidden_size, c.intermediate_size),
  );
  return Object.assign(
    {
      [`${e}.cls_token`]: [1, 1, c.hidden_size],
      [`${e}.position_embeddings`]: [1, tokens, c.hidden_size],
      [`${e}.patch_embeddings.projection.weight`]: [
        c.hidden_size,
        c.num_channels,
        c.patch_size,
        c.patch_size,
      ],
      [`${e}.patch_embeddings.projection.bias`]: [c.hidden_size],
    },
    norm('vit.layernorm', c.hidden_size),
    ...layers,
  );
}

/** Names and shapes of a ViT's tensors, as Hugging Face has them. */
export function vitShapes(c: typeof tinyVit): Shapes {
  return {
    ...encoder(c),
    ...linear('classifier', c.hidden_size, Object.keys(c.id2label).length),
  };
}

/** Names and shapes of a ViTMAE's tensors, as Hugging Face has them. */
export function maeShapes(c: typeof tinyMae): Shapes {
  const width = c.decoder_hidden_size;
  const layers = Array.from({ length: c.decoder_num_hidden_layers }, (_, layer) =>
    block(`decoder.decoder_layers.${layer}`, width, c.decoder_intermediate_size),
  );
  return Object.assign(
    encoder(c),
    {
      'decoder.mask_token': [1, 1, width],
      'decoder.decoder_pos_embed': [1, (c.image_size / c.patch_size) ** 2 + 1, width],
    },
    linear('decoder.decoder_embed', c.hidden_size, width),
    norm('decoder.decoder_norm', width),
    linear('decoder.decoder_pred', width, c.num_channels * c.patch_size ** 2),
    ...layers,
  );
}

/** Normal random tensors of these shapes. */
export function drawTensors(shapes: Shapes): Record<string, TensorData & { data: Float32Array }> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const generator = createGenerator(1, name);
      const length = shape.reduce((n, side) => n * side, 1);
      const data = Float32Array.from({ length }, () => 0.6 * generator.normal());
      return [name, { shape, data }];
    }),
  );
}

/** The files of a checkpoint as a source; `overrides` replaces files, `undefined` removes one. */
export function tinySource(
  config: { readonly image_size: number },
  tensors: Record<string, TensorData>,
  overrides: Record<string, Uint8Array | string | undefined> = {},
): ModelSource {
  const { image_size: side } = config;
  const files: Record<string, Uint8Array | string | undefined> = {
    'config.json': JSON.stringify(config),
    'preprocessor_config.json': JSON.stringify({
      do_resize: true,
      size: { height: side, width: side },
      resample: 2,
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: true,
      image_mean: [0.5, 0.4, 0.3],
      image_std: [0.2, 0.3, 0.4],
    }),
    'model.safetensors': writeSafetensors(tensors),
    ...overrides,
  };
  return {
    name: 'tiny',
    async read(file) {
      const content = files[file];
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
  };
}
