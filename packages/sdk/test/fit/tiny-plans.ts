import { parseSafetensors } from '../../src/checkpoint/safetensors.js';
import { writeSafetensors } from '../../src/checkpoint/safetensors-writer.js';
import type { Engine } from '../../src/engine.js';
import { createGenerator } from '../../src/random/generator.js';
import { readPlan } from '../../src/transformer/architectures.js';
import type { BlockPlan, LinearNames, NormNames, Plan } from '../../src/transformer/plan.js';
import type { PreparedInput } from '../../src/transformer/stream.js';
import { placeWeights } from '../../src/transformer/weights.js';
import { drawTensors, tinyMae, tinyVit } from '../transformer/tiny-models.js';

/** Tensors by name. */
export type Tensors = ReturnType<typeof drawTensors>;

/** A small transformer of random weights, and inputs for it. */
export interface TinyCase {
  readonly plan: Plan;
  readonly tensors: Tensors;
  readonly inputs: readonly PreparedInput[];
}

const tinyUseLite = {
  model_type: 'use_lite',
  vocab_size: 11,
  embedding_size: 6,
  hidden_size: 10,
  num_hidden_layers: 3,
  num_attention_heads: 2,
  intermediate_size: 7,
  hidden_act: 'relu',
  layer_norm_eps: 1e-3,
  max_position_embeddings: 9,
};

function linearShapes({ names, input, output }: LinearNames): Record<string, number[]> {
  const part = output / names.length;
  return Object.fromEntries(
    names.flatMap((name) => [
      [`${name}.weight`, [part, input]],
      [`${name}.bias`, [part]],
    ]),
  );
}

const normShapes = ({ name, width }: NormNames): Record<string, number[]> => ({
  [`${name}.weight`]: [width],
  [`${name}.bias`]: [width],
});

function shapesOf(plan: Plan): Record<string, number[]> {
  const all = plan.steps.map((step): Record<string, number[]> => {
    switch (step.op) {
      case 'embed-tokens':
        return {
          [step.table]: [step.vocabulary, step.width],
          [step.timescales]: [step.width / 2],
        };
      case 'embed-patches':
        return {
          ...linearShapes(step.projection),
          [`${step.projection.names[0]}.weight`]: [...step.projectionShape],
          [step.classToken]: [1, 1, step.width],
          [step.positions]: [1, plan.tokenLimit, step.width],
        };
      case 'restore-patches':
        return {
          [step.maskToken]: [1, 1, step.width],
          [step.positions]: [1, plan.tokenLimit, step.width],
        };
      case 'norm':
        return normShapes(step.norm);
      case 'linear':
        return linearShapes(step.linear);
      case 'block': {
        const { norm1, norm2, qkv, output, residual, up, down } = step.block;
        const linears = [qkv, output, up, down, ...(residual ? [residual] : [])];
        return Object.assign(
          {},
          normShapes(norm1),
          normShapes(norm2),
          ...linears.map(linearShapes),
        );
      }
      default:
        return {};
    }
  });
  return Object.assign({}, ...all);
}

/** The plan with a narrow block in front, so that the block which widens the stream is not the first. */
function withNarrowBlock(plan: Plan): Plan {
  const [embed, first, ...rest] = plan.steps;
  if (embed?.op !== 'embed-tokens' || first?.op !== 'block') throw new Error('not a text model');
  const { width } = embed;
  const named = <T extends object>(part: T, over: object): T => ({ ...part, ...over });
  const { residual: _, ...block } = first.block;
  const narrow: BlockPlan = {
    ...block,
    norm1: named(block.norm1, { name: 'narrow.norm1' }),
    norm2: named(block.norm2, { name: 'narrow.norm2', width }),
    qkv: named(block.qkv, { names: ['narrow.qkv'] }),
    output: named(block.output, { names: ['narrow.output'], output: width }),
    up: named(block.up, { names: ['narrow.up'], input: width }),
    down: named(block.down, { names: ['narrow.down'], output: width }),
  };
  return { ...plan, steps: [embed, { op: 'block', block: narrow }, first, ...rest] };
}

function pictures(count: number, values: number): Float32Array[] {
  return Array.from({ length: count }, (_, item) => {
    const generator = createGenerator(2, 'picture', String(item));
    return Float32Array.from({ length: values }, () => generator.normal());
  });
}

const texts = [{ ids: [3, 1, 4, 1, 5] }, { ids: [9, 2] }, { ids: [6] }];
/** 16 patches, 4 of them seen. */
const orders = [
  [5, 0, 10, 15, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14],
  [2, 12, 7, 9, 0, 1, 3, 4, 5, 6, 8, 10, 11, 13, 14, 15],
];

const useLite = readPlan(tinyUseLite);
const vit = readPlan({ ...tinyVit, num_hidden_layers: 2 });
const mae = readPlan({ ...tinyMae, num_hidden_layers: 2 });

/** One small transformer of each architecture, and two odd ones. */
export const tinyCases: Readonly<Record<string, TinyCase>> = {
  use_lite: tinyCase(useLite, texts),
  'use_lite that widens later': tinyCase(withNarrowBlock(useLite), texts),
  'use_lite that is shorter than the floor of a length': tinyCase(useLite, texts, 1e-8),
  vit: tinyCase(
    vit,
    pictures(2, 3 * 36).map((pixels) => ({ pixels })),
  ),
  vit_mae: tinyCase(
    mae,
    pictures(2, 3 * 64).map((pixels, item) => ({
      pixels,
      order: { shuffle: Int32Array.from(orders[item] as number[]), visible: 4 },
    })),
  ),
};

/** The pooler is scaled down: a tanh layer at its limits has a slope near 0, of which float32 keeps few digits. */
function tinyCase(plan: Plan, inputs: readonly PreparedInput[], pooling = 0.25): TinyCase {
  const drawn = drawTensors(shapesOf(plan));
  const tensors = Object.fromEntries(
    Object.entries(drawn).map(([name, { shape, data }]) => {
      const factor = name.startsWith('pooler') ? pooling : 1;
      return [name, { shape, data: data.map((v) => factor * v) }];
    }),
  );
  return { plan, tensors, inputs };
}

/** A small transformer in an engine's memory. */
export function placeTiny({ kernels }: Engine, { plan, tensors }: TinyCase) {
  const file = parseSafetensors(writeSafetensors(tensors), 'tiny');
  return { name: 'tiny', kernels, plan, weights: placeWeights(kernels, file, plan) };
}
