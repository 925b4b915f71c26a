import { z } from 'zod';
import type { BlockPlan, LinearNames, Plan } from '../plan.js';
import { count, headWidth, readConfig, requireOption } from './read-config.js';

const schema = z.looseObject({
  model_type: z.literal('use_lite'),
  vocab_size: count,
  embedding_size: count,
  hidden_size: count,
  num_hidden_layers: count.max(1000),
  num_attention_heads: count,
  intermediate_size: count,
  hidden_act: z.string(),
  layer_norm_eps: z.number().positive(),
  max_position_embeddings: count,
});

/**
 * Universal Sentence Encoder lite (Cer et al. 2018): the embedding is added twice, timing once; the first
 * layer widens the stream through a projected skip connection; mean over tokens, tanh layer, unit length.
 */
export function useLite(config: unknown): Plan {
  const c = readConfig(schema, config);
  requireOption('hidden_act', c.hidden_act, ['relu']);
  const wide = c.hidden_size;
  const linear = (name: string, input: number, output: number): LinearNames => ({
    names: [name],
    input,
    output,
  });
  const block = (layer: number): BlockPlan => {
    const width = layer === 0 ? c.embedding_size : wide;
    const prefix = `encoder.layer.${layer}`;
    const norm = (name: string, size: number) => ({
      name: `${prefix}.${name}`,
      width: size,
      epsilon: c.layer_norm_eps,
    });
    return {
      stack: 'encoder',
      heads: c.num_attention_heads,
      headWidth: headWidth(width, c.num_attention_heads),
      norm1: norm('attention_norm', width),
      qkv: linear(`${prefix}.attention.qkv`, width, 3 * width),
      output: linear(`${prefix}.attention.output`, width, wide),
      ...(width !== wide && { residual: linear(`${prefix}.residual`, width, wide) }),
      norm2: norm('mlp_norm', wide),
      up: linear(`${prefix}.mlp.up`, wide, c.intermediate_size),
      activation: 'relu',
      down: linear(`${prefix}.mlp.down`, c.intermediate_size, wide),
    };
  };
  return {
    type: 'use_lite',
    modality: 'text',
    tokenLimit: c.max_position_embeddings,
    output: 'embedding',
    steps: [
      {
        op: 'embed-tokens',
        table: 'embeddings.weight',
        timescales: 'embeddings.inverse_timescales',
        vocabulary: c.vocab_size,
        width: c.embedding_size,
        factor: 2,
      },
      ...Array.from({ length: c.num_hidden_layers }, (_, layer) => ({
        op: 'block' as const,
        block: block(layer),
      })),
      { op: 'mean' },
      { op: 'linear', linear: linear('pooler.dense', wide, wide) },
      { op: 'tanh' },
      { op: 'unit' },
    ],
  };
}
