import type { Kernels } from '@tripartite/kernels';
import type { Rows } from '../../src/attention/rows.js';
import type { HeadPass } from '../../src/fit/reverse/head-pass.js';
import type { HeadCall, ItemRows } from '../../src/transformer/stream.js';

/** One call of `reverse`, as `layer.head`, and whether it needed gradients of queries, keys and values. */
export interface ReverseCall {
  readonly place: string;
  readonly needsInputs: boolean;
}

/** A pass of softmax heads, each with a gain on its output that is learned, in float64 and the plainest loops. */
export interface SoftmaxPass extends HeadPass {
  /** By layer and head. */
  readonly gains: readonly (readonly number[])[];
  readonly gainGradients: readonly (readonly number[])[];
  readonly calls: readonly ReverseCall[];
}

/** Softmax heads on a kernels' memory. */
export function softmaxPass(
  { arena }: Kernels,
  gains: readonly (readonly number[])[],
): SoftmaxPass {
  const gainGradients = gains.map((heads) => heads.map(() => 0));
  const calls: ReverseCall[] = [];
  const read = ({ pointer, stride, rows }: Rows, width: number): Float32Array[] =>
    Array.from({ length: rows }, (_, t) => arena.viewFloats(pointer + t * stride * 4, width));
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let total = 0;
    for (let i = 0; i < a.length; i++) total += (a[i] as number) * (b[i] as number);
    return total;
  };
  /** Σ weight · row. */
  const blend = (weights: readonly number[], rows: readonly Float32Array[], width: number) => {
    const out = new Float64Array(width);
    rows.forEach((row, s) => {
      for (let j = 0; j < width; j++)
        out[j] = (out[j] as number) + (weights[s] ?? 0) * (row[j] ?? 0);
    });
    return out;
  };
  const column = (matrix: readonly number[][], s: number) => matrix.map((row) => row[s] as number);

  /** Attention weights (queries, keys) of one input. */
  function attend({ q, k }: ItemRows, width: number): number[][] {
    const keys = read(k, width);
    return read(q, width).map((query) => {
      const scores = keys.map((key) => dot(query, key) / Math.sqrt(width));
      const top = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - top));
      const total = weights.reduce((a, b) => a + b, 0);
      return weights.map((weight) => weight / total);
    });
  }

  const gainOf = ({ layer, head }: HeadCall): number => gains[layer]?.[head] as number;

  return {
    gains,
    gainGradients,
    calls,
    forward(call, batch) {
      const width = call.headWidth;
      for (const item of batch) {
        const out = read(item.out, width);
        attend(item, width).forEach((weights, t) => {
          const said = blend(weights, read(item.v, width), width);
          out[t]?.set(said.map((v) => v * gainOf(call)));
        });
      }
    },
    reverse(call, batch, needsInputs) {
      const { layer, head, headWidth: width } = call;
      const gain = gainOf(call);
      calls.push({ place: `${layer}.${head}`, needsInputs });
      for (const item of batch) {
        const [q, k, v] = [read(item.q, width), read(item.k, width), read(item.v, width)];
        const [out, dOut] = [read(item.out, width), read(item.dOut, width)];
        const along = out.map((row, t) => dot(row, dOut[t] as Float32Array));
        const own = gainGradients[layer] as number[];
        own[head] = (own[head] as number) + along.reduce((a, b) => a + b, 0) / gain;
        if (!needsInputs) continue;
        const weights = attend(item, width);
        const dScores = weights.map((row, t) =>
          row.map((weight, s) => {
            const slope = gain * dot(dOut[t] as Float32Array, v[s] as Float32Array);
            return (weight * (slope - (along[t] as number))) / Math.sqrt(width);
          }),
        );
        read(item.dq, width).forEach((to, t) => {
          to.set(blend(dScores[t] ?? [], k, width));
        });
        read(item.dk, width).forEach((to, s) => {
          to.set(blend(column(dScores, s), q, width));
        });
        read(item.dv, width).forEach((to, s) => {
          to.set(blend(column(weights, s), dOut, width).map((value) => value * gain));
        });
      }
    },
  };
}

/** Gains near 1 for the heads of every layer. */
export function someGains(heads: readonly number[]): number[][] {
  return heads.map((count, layer) =>
    Array.from({ length: count }, (_, head) => 1 + 0.1 * layer - 0.07 * head),
  );
}
