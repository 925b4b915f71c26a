import { z } from 'zod';
import type { Plan } from '../plan.js';
import { count, readConfig, requireOption } from './read-config.js';
import { linearNames, vitBlock, vitEncoder, vitKeys, vitPatches } from './vit-block.js';

const schema = z.looseObject({
  model_type: z.literal('vit_mae'),
  ...vitKeys,
  decoder_hidden_size: count,
  decoder_num_hidden_layers: count.max(1000),
  decoder_num_attention_heads: count,
  decoder_intermediate_size: count,
  mask_ratio: z.number().gt(0).lt(1).default(0.75),
  norm_pix_loss: z.boolean().default(false),
});

/**
 * Hugging Face's ViTMAEForPreTraining (He et al. 2022): the encoder sees the visible patches, the decoder
 * paints the hidden ones.
 */
export function vitMae(config: unknown): Plan {
  const c = readConfig(schema, config);
  requireOption('norm_pix_loss', c.norm_pix_loss, [false]);
  const patches = { ...vitPatches(c), maskRatio: c.mask_ratio };
  const { hidden_size: width, decoder_hidden_size: painting, patch_size: patch } = c;
  const epsilon = c.layer_norm_eps;
  const pixels = patches.channels * patch * patch;
  return {
    type: 'vit_mae',
    modality: 'image',
    tokenLimit: (c.image_size / patch) ** 2 + 1,
    patches,
    output: 'picture',
    steps: [
      ...vitEncoder(c),
      { op: 'linear', linear: linearNames('decoder.decoder_embed', width, painting) },
      {
        op: 'restore-patches',
        maskToken: 'decoder.mask_token',
        positions: 'decoder.decoder_pos_embed',
        width: painting,
      },
      ...Array.from({ length: c.decoder_num_hidden_layers }, (_, layer) => ({
        op: 'block' as const,
        block: vitBlock(
          `decoder.decoder_layers.${layer}`,
          'decoder',
          painting,
          c.decoder_num_attention_heads,
          c.decoder_intermediate_size,
          epsilon,
        ),
      })),
      { op: 'norm', norm: { name: 'decoder.decoder_norm', width: painting, epsilon } },
      { op: 'linear', linear: linearNames('decoder.decoder_pred', painting, pixels) },
      { op: 'drop-first' },
    ],
  };
}
