import type { TensorData } from '../../src/checkpoint/safetensors-writer.js';
import type { tinyMae, tinyVit } from './tiny-models.js';

// ViT and ViTMAE as the papers and Hugging Face's code define them, in float64 and the plainest loops.

type Matrix = number[][];
type Tensors = Record<string, TensorData & { data: Float32Array }>;

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const dot = (a: number[], b: number[]): number => sum(a.map((x, i) => x * (b[i] as number)));
const add = (a: number[], b: number[]): number[] => a.map((x, i) => x + (b[i] as number));

/** erf by its series (Abramowitz and Stegun 7.1.6), exact to float64 for the small x of these tests. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/** Forward passes over named tensors. */
export function naiveTransformer(tensors: Tensors) {
  const flat = (name: string): number[] => Array.from(tensors[name]?.data ?? []);
  const rows = (name: string, width: number): Matrix => {
    const values = flat(name);
    return Array.from({ length: values.length / width }, (_, t) =>
      values.slice(t * width, (t + 1) * width),
    );
  };
  const linear = (x: Matrix, name: string): Matrix => {
    const weight = rows(`${name}.weight`, x[0]?.length ?? 0);
    const bias = flat(`${name}.bias`);
    return x.map((row) => weight.map((w, j) => dot(w, row) + (bias[j] as number)));
  };
  const norm = (x: Matrix, name: string, epsilon: number): Matrix =>
    x.map((row) => {
      const mean = sum(row) / row.length;
      const centred = row.map((value) => value - mean);
      const deviation = Math.sqrt(dot(centred, centred) / row.length + epsilon);
      const [weight, bias] = [flat(`${name}.weight`), flat(`${name}.bias`)];
      return centred.map((v, i) => (v / deviation) * (weight[i] as number) + (bias[i] as number));
    });
  const attention = (x: Matrix, name: string, heads: number): Matrix => {
    const [q, k, v] = ['query', 'key', 'value'].map((part) => linear(x, `${name}.${part}`)) as [
      Matrix,
      Matrix,
      Matrix,
    ];
    const d = (x[0]?.length ?? 0) / heads;
    const part = (row: number[], head: number) => row.slice(head * d, (head + 1) * d);
    return q.map((query) =>
      Array.from({ length: heads }, (_, head) => {
        const scores = k.map((key) =>
          Math.exp(dot(part(query, head), part(key, head)) / Math.sqrt(d)),
        );
        return Array.from({ length: d }, (_, j) =>
          sum(scores.map((s, t) => (s * (v[t]?.[head * d + j] as number)) / sum(scores))),
        );
      }).flat(),
    );
  };
  const gelu = (x: number): number => (x / 2) * (1 + erf(x / Math.SQRT2));
  const block = (x: Matrix, name: string, heads: number, epsilon: number): Matrix => {
    const seen = norm(x, `${name}.layernorm_before`, epsilon);
    const mixed = attention(seen, `${name}.attention.attention`, heads);
    const change = linear(mixed, `${name}.attention.output.dense`);
    const y = x.map((row, t) => add(row, change[t] as number[]));
    const inner = linear(norm(y, `${name}.layernorm_after`, epsilon), `${name}.intermediate.dense`);
    const more = linear(
      inner.map((row) => row.map(gelu)),
      `${name}.output.dense`,
    );
    return y.map((row, t) => add(row, more[t] as number[]));
  };

  /** Class token and the `visible` patches (all: in order) through the encoder, pixels (channels, side, side). */
  function encode(
    c: typeof tinyVit | typeof tinyMae,
    pixels: ArrayLike<number>,
    visible: number[],
  ) {
    const [side, patch] = [c.image_size, c.patch_size];
    const positions = rows('vit.embeddings.position_embeddings', c.hidden_size);
    const tokens = visible.map((index) => {
      const [top, left] = [Math.floor(index / (side / patch)), index % (side / patch)];
      const values: number[] = [];
      for (let channel = 0; channel < c.num_channels; channel++) {
        for (let y = 0; y < patch; y++) {
          for (let x = 0; x < patch; x++) {
            const row = channel * side + top * patch + y;
            values.push(pixels[row * side + left * patch + x] as number);
          }
        }
      }
      const [projected] = linear([values], 'vit.embeddings.patch_embeddings.projection');
      return add(projected as number[], positions[index + 1] as number[]);
    });
    let x = [add(flat('vit.embeddings.cls_token'), positions[0] as number[]), ...tokens];
    for (let layer = 0; layer < c.num_hidden_layers; layer++) {
      x = block(x, `vit.encoder.layer.${layer}`, c.num_attention_heads, c.layer_norm_eps);
    }
    return norm(x, 'vit.layernorm', c.layer_norm_eps);
  }

  return {
    /** Logits of a ViT. */
    classify(c: typeof tinyVit, pixels: ArrayLike<number>): number[] {
      const all = Array.from({ length: (c.image_size / c.patch_size) ** 2 }, (_, i) => i);
      return linear([encode(c, pixels, all)[0] as number[]], 'classifier')[0] as number[];
    },
    /** Logits of a ViTMAE, a row per patch. */
    paint(c: typeof tinyMae, pixels: ArrayLike<number>, visible: number[]): number[] {
      const width = c.decoder_hidden_size;
      const [first, ...seen] = linear(encode(c, pixels, visible), 'decoder.decoder_embed');
      const positions = rows('decoder.decoder_pos_embed', width);
      const patches = positions.slice(1).map((_, index) => {
        const at = visible.indexOf(index);
        return at < 0 ? flat('decoder.mask_token') : (seen[at] as number[]);
      });
      let x = [first as number[], ...patches].map((row, t) => add(row, positions[t] as number[]));
      for (let layer = 0; layer < c.decoder_num_hidden_layers; layer++) {
        const name = `decoder.decoder_layers.${layer}`;
        x = block(x, name, c.decoder_num_attention_heads, c.layer_norm_eps);
      }
      const last = norm(x, 'decoder.decoder_norm', c.layer_norm_eps);
      return linear(last, 'decoder.decoder_pred').slice(1).flat();
    },
  };
}
