import { z } from 'zod';
import { TripartiteError } from '../../errors.js';
import type { BlockPlan, LinearNames, PatchPlan, Step } from '../plan.js';
import { count, headWidth, requireOption } from './read-config.js';

/** Keys of config.json that Hugging Face's ViT and ViTMAE share. */
export const vitKeys = {
  image_size: count,
  patch_size: count,
  num_channels: z.union([z.literal(1), z.literal(3)]).default(3),
  hidden_size: count,
  num_hidden_layers: count.max(1000),
  num_attention_heads: count,
  intermediate_size: count,
  hidden_act: z.string().default('gelu'),
  layer_norm_eps: z.number().positive().default(1e-12),
  qkv_bias: z.boolean().default(true),
};

interface VitConfig {
  readonly image_size: number;
  readonly patch_size: number;
  readonly num_channels: 1 | 3;
  readonly hidden_act: string;
  readonly qkv_bias: boolean;
}

/** One linear layer by its prefix. */
export function linearNames(name: string, input: number, output: number): LinearNames {
  return { names: [name], input, output };
}

/** Checks the shared options and gives the patches. Throws `UNSUPPORTED` and `BAD_CHECKPOINT`. */
export function vitPatches(config: VitConfig): PatchPlan {
  requireOption('hidden_act', config.hidden_act, ['gelu']);
  requireOption('qkv_bias', config.qkv_bias, [true]);
  if (config.image_size % config.patch_size !== 0) {
    throw new TripartiteError(
      'BAD_CHECKPOINT',
      `config.json: image_size ${config.image_size} does not divide into patches of ${config.patch_size}`,
    );
  }
  return {
    imageSize: config.image_size,
    patchSize: config.patch_size,
    channels: config.num_channels,
  };
}

/** One block under Hugging Face's ViT names. */
export function vitBlock(
  prefix: string,
  stack: BlockPlan['stack'],
  width: number,
  heads: number,
  inner: number,
  epsilon: number,
): BlockPlan {
  const attention = `${prefix}.attention.attention`;
  return {
    stack,
    heads,
    headWidth: headWidth(width, heads),
    norm1: { name: `${prefix}.layernorm_before`, width, epsilon },
    qkv: {
      names: [`${attention}.query`, `${attention}.key`, `${attention}.value`],
      input: width,
      output: 3 * width,
    },
    output: linearNames(`${prefix}.attention.output.dense`, width, width),
    norm2: { name: `${prefix}.layernorm_after`, width, epsilon },
    up: linearNames(`${prefix}.intermediate.dense`, width, inner),
    activation: 'gelu',
    down: linearNames(`${prefix}.output.dense`, inner, width),
  };
}

interface EncoderConfig extends VitConfig {
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly layer_norm_eps: number;
}

/** Patches into the stream and the blocks of the encoder, as ViT and ViTMAE share them. */
export function vitEncoder(c: EncoderConfig): Step[] {
  const { hidden_size: width, patch_size: patch, num_channels: channels } = c;
  return [
    {
      op: 'embed-patches',
      projection: linearNames(
        'vit.embeddings.patch_embeddings.projection',
        channels * patch * patch,
        width,
      ),
      projectionShape: [width, channels, patch, patch],
      classToken: 'vit.embeddings.cls_token',
      positions: 'vit.embeddings.position_embeddings',
      width,
    },
    ...Array.from({ length: c.num_hidden_layers }, (_, layer) => ({
      op: 'block' as const,
      block: vitBlock(
        `vit.encoder.layer.${layer}`,
        'encoder',
        width,
        c.num_attention_heads,
        c.intermediate_size,
        c.layer_norm_eps,
      ),
    })),
    { op: 'norm', norm: { name: 'vit.layernorm', width, epsilon: c.layer_norm_eps } },
  ];
}
