import type { BlockPlan, LinearNames, NormNames, Plan } from '../../src/transformer/plan.js';
import type { PreparedInput } from '../../src/transformer/stream.js';
import { erf } from '../transformer/naive-vit.js';

// Any plan on one input in float64 and the plainest loops, with softmax, or another similarity, in every head.

type Matrix = number[][];

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const dot = (a: number[], b: number[]): number => sum(a.map((x, i) => x * (b[i] as number)));
const add = (a: number[], b: number[]): number[] => a.map((x, i) => x + (b[i] as number));

/** What a pass gives: the last rows, and the stream after each layer. */
export interface NaivePass {
  readonly output: Matrix;
  readonly streams: Matrix[];
}

/** Values by the name of their tensor, and the gain of each head's output by layer. */
export interface NaiveWeights {
  readonly tensors: Readonly<Record<string, ArrayLike<number>>>;
  readonly gains: readonly (readonly number[])[];
  /** How strongly a query sees a key, before it is divided by the sum over keys. Default exp(q·k/√d). */
  readonly similarity?: (layer: number, head: number, q: number[], k: number[]) => number;
}

/** Runs one input through a plan. */
export function naivePass(
  plan: Plan,
  {
    tensors,
    gains,
    similarity = (_l, _h, q, k) => Math.exp(dot(q, k) / Math.sqrt(q.length)),
  }: NaiveWeights,
  input: PreparedInput,
): NaivePass {
  const flat = (name: string): number[] => Array.from(tensors[name] as ArrayLike<number>);
  const rows = (name: string, width: number): Matrix => cut(flat(name), width);
  const cut = (values: number[], width: number): Matrix =>
    Array.from({ length: values.length / width }, (_, t) =>
      values.slice(t * width, (t + 1) * width),
    );
  const linear = (x: Matrix, { names, input: width }: LinearNames): Matrix => {
    const weight = names.flatMap((name) => rows(`${name}.weight`, width));
    const bias = names.flatMap((name) => flat(`${name}.bias`));
    return x.map((row) => weight.map((w, j) => dot(w, row) + (bias[j] as number)));
  };
  const norm = (x: Matrix, { name, epsilon }: NormNames): Matrix => {
    const [weight, bias] = [flat(`${name}.weight`), flat(`${name}.bias`)];
    return x.map((row) => {
      const mean = sum(row) / row.length;
      const centred = row.map((value) => value - mean);
      const deviation = Math.sqrt(dot(centred, centred) / row.length + epsilon);
      return centred.map((v, i) => (v / deviation) * (weight[i] as number) + (bias[i] as number));
    });
  };
  const attention = (qkv: Matrix, { heads, headWidth: d }: BlockPlan, layer: number): Matrix => {
    const part = (row: number[], which: number, head: number) =>
      row.slice((which * heads + head) * d, (which * heads + head + 1) * d);
    return qkv.map((own) =>
      Array.from({ length: heads }, (_, head) => {
        const scores = qkv.map((other) =>
          similarity(layer, head, part(own, 0, head), part(other, 1, head)),
        );
        const gain = (gains[layer]?.[head] as number) / sum(scores);
        return Array.from(
          { length: d },
          (_, j) =>
            gain * sum(scores.map((s, t) => s * (part(qkv[t] ?? [], 2, head)[j] as number))),
        );
      }).flat(),
    );
  };
  const activations = {
    relu: (x: number) => Math.max(x, 0),
    gelu: (x: number) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  };
  const block = (x: Matrix, p: BlockPlan, layer: number): Matrix => {
    const mixed = attention(linear(norm(x, p.norm1), p.qkv), p, layer);
    const change = linear(mixed, p.output);
    const skip = p.residual ? linear(x, p.residual) : x;
    const y = skip.map((row, t) => add(row, change[t] as number[]));
    const hidden = linear(norm(y, p.norm2), p.up);
    const active = hidden.map((row) => row.map(activations[p.activation]));
    const more = linear(active, p.down);
    return y.map((row, t) => add(row, more[t] as number[]));
  };
  const order = (all: number): number[] =>
    input.order ? Array.from(input.order.shuffle) : Array.from({ length: all }, (_, i) => i);

  let x: Matrix = [];
  const streams: Matrix[] = [];
  for (const step of plan.steps) {
    switch (step.op) {
      case 'embed-tokens': {
        const scales = flat(step.timescales);
        x = (input.ids ?? []).map((id, t) => {
          const phases = scales.map((scale) => t * scale);
          const timing = [...phases.map(Math.sin), ...phases.map(Math.cos)];
          const row = rows(step.table, step.width)[id] ?? [];
          return row.map((v, i) => step.factor * v + (timing[i] as number));
        });
        break;
      }
      case 'embed-patches': {
        const { imageSize: side = 0, patchSize: patch = 1, channels = 0 } = plan.patches ?? {};
        const positions = rows(step.positions, step.width);
        const all = (side / patch) ** 2;
        const seen = order(all).slice(0, input.order?.visible ?? all);
        const tokens = seen.map((index) => {
          const top = Math.floor(index / (side / patch)) * patch;
          const left = (index % (side / patch)) * patch;
          const values = Array.from({ length: channels * patch * patch }, (_, at) => {
            const channel = Math.floor(at / (patch * patch));
            const [row, column] = [Math.floor(at / patch) % patch, at % patch];
            return input.pixels?.[(channel * side + top + row) * side + left + column] as number;
          });
          const [projected] = linear([values], step.projection);
          return add(projected as number[], positions[index + 1] as number[]);
        });
        x = [add(flat(step.classToken), positions[0] as number[]), ...tokens];
        break;
      }
      case 'restore-patches': {
        const positions = rows(step.positions, step.width);
        const shuffle = order(positions.length - 1);
        const visible = input.order?.visible ?? shuffle.length;
        const [first, ...seen] = x;
        const patches = shuffle.map((_, index) => {
          const at = shuffle.indexOf(index);
          return at < visible ? (seen[at] as number[]) : flat(step.maskToken);
        });
        x = [first as number[], ...patches].map((row, t) => add(row, positions[t] as number[]));
        break;
      }
      case 'block':
        x = block(x, step.block, streams.length);
        streams.push(x);
        break;
      case 'norm':
        x = norm(x, step.norm);
        break;
      case 'linear':
        x = linear(x, step.linear);
        break;
      case 'take-first':
        x = x.slice(0, 1);
        break;
      case 'drop-first':
        x = x.slice(1);
        break;
      case 'mean':
        x = [(x[0] ?? []).map((_, j) => sum(x.map((row) => row[j] as number)) / x.length)];
        break;
      case 'tanh':
        x = x.map((row) => row.map(Math.tanh));
        break;
      case 'unit':
        x = x.map((row) => row.map((v) => v / Math.sqrt(Math.max(dot(row, row), 1e-12))));
        break;
    }
  }
  return { output: x, streams };
}
