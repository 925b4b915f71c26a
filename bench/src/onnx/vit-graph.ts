import type { Safetensors } from '@tripartite/sdk';
import { transposed } from '../inputs.js';
import { graphBuilder, type Value } from './graph.js';

/** Sizes of a Hugging Face ViT, as in its config.json. */
export interface VitSizes {
  readonly image_size: number;
  readonly patch_size: number;
  readonly num_channels: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly layer_norm_eps: number;
}

/** ViTForImageClassification for `batch` pictures: pixels (batch,channels,side,side) to out (batch,classes). */
export function vitGraph(file: Safetensors, sizes: VitSizes, batch: number): Uint8Array {
  const { image_size, patch_size, num_channels, hidden_size: width } = sizes;
  const { num_attention_heads: heads, layer_norm_eps } = sizes;
  const g = graphBuilder();
  const patches = (image_size / patch_size) ** 2;
  const tokens = patches + 1;
  const tensor = (name: string) => g.constant(file.float32(name), file.shape(name));
  const reshape = (x: Value, ...shape: number[]) =>
    g.node('Reshape', [x, g.constant(BigInt64Array.from(shape, BigInt), [shape.length])]);
  const transpose = (x: Value, ...perm: number[]) =>
    g.node('Transpose', [x], { perm: { ints: perm } });

  function linear(x: Value, name: string): Value {
    const [rows, columns] = file.shape(`${name}.weight`) as [number, number];
    const weight = transposed(file.float32(`${name}.weight`), rows, columns);
    const product = g.node('MatMul', [x, g.constant(weight, [columns, rows])]);
    return g.node('Add', [product, tensor(`${name}.bias`)]);
  }

  function norm(x: Value, name: string): Value {
    return g.node('LayerNormalization', [x, tensor(`${name}.weight`), tensor(`${name}.bias`)], {
      epsilon: { float: layer_norm_eps },
    });
  }

  function attention(x: Value, name: string): Value {
    const split = (part: string) =>
      reshape(linear(x, `${name}.attention.${part}`), batch, tokens, heads, width / heads);
    const scale = g.constant(Float32Array.of(Math.sqrt(heads / width)), []);
    const queries = g.node('Mul', [transpose(split('query'), 0, 2, 1, 3), scale]);
    const scores = g.node('MatMul', [queries, transpose(split('key'), 0, 2, 3, 1)]);
    const weights = g.node('Softmax', [scores], { axis: { int: 3 } });
    const output = g.node('MatMul', [weights, transpose(split('value'), 0, 2, 1, 3)]);
    const joined = reshape(transpose(output, 0, 2, 1, 3), batch, tokens, width);
    return linear(joined, `${name}.output.dense`);
  }

  const embeddings = 'vit.embeddings';
  const projection = `${embeddings}.patch_embeddings.projection`;
  const pixels = g.input('pixels', [batch, num_channels, image_size, image_size]);
  const convolved = g.node(
    'Conv',
    [pixels, tensor(`${projection}.weight`), tensor(`${projection}.bias`)],
    { strides: { ints: [patch_size, patch_size] } },
  );
  const embedded = transpose(reshape(convolved, batch, width, patches), 0, 2, 1);
  const classToken = file.float32(`${embeddings}.cls_token`);
  const classTokens = new Float32Array(batch * width);
  for (let at = 0; at < batch; at++) classTokens.set(classToken, at * width);
  const sequence = g.node('Concat', [g.constant(classTokens, [batch, 1, width]), embedded], {
    axis: { int: 1 },
  });
  let x = g.node('Add', [sequence, tensor(`${embeddings}.position_embeddings`)]);
  for (let layer = 0; layer < sizes.num_hidden_layers; layer++) {
    const name = `vit.encoder.layer.${layer}`;
    x = g.node('Add', [x, attention(norm(x, `${name}.layernorm_before`), `${name}.attention`)]);
    const up = linear(norm(x, `${name}.layernorm_after`), `${name}.intermediate.dense`);
    x = g.node('Add', [x, linear(g.node('Gelu', [up]), `${name}.output.dense`)]);
  }
  const first = g.node('Gather', [x, g.constant(BigInt64Array.of(0n), [])], { axis: { int: 1 } });
  return g.model(linear(norm(first, 'vit.layernorm'), 'classifier'));
}
