import { z } from 'zod';
import type { Plan } from '../plan.js';
import { readConfig } from './read-config.js';
import { linearNames, vitEncoder, vitKeys, vitPatches } from './vit-block.js';

const schema = z.looseObject({
  model_type: z.literal('vit'),
  ...vitKeys,
  id2label: z.record(z.string(), z.string()),
});

/** Hugging Face's ViTForImageClassification (Dosovitskiy et al. 2021): the class token is read out. */
export function vit(config: unknown): Plan {
  const c = readConfig(schema, config);
  const patches = vitPatches(c);
  const { hidden_size: width, patch_size: patch } = c;
  const labels = Object.entries(c.id2label)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, label]) => label);
  return {
    type: 'vit',
    modality: 'image',
    tokenLimit: (c.image_size / patch) ** 2 + 1,
    patches,
    labels,
    output: 'label',
    steps: [
      ...vitEncoder(c),
      { op: 'take-first' },
      { op: 'linear', linear: linearNames('classifier', width, labels.length) },
    ],
  };
}
