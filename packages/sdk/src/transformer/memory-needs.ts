import type { LinearNames, Plan, Step } from './plan.js';
import { type StepShape, total } from './step-shapes.js';

/** Bytes of arrays of these numbers of float32 values, each aligned to 16. */
function bytesOf(...counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + Math.ceil(count / 4) * 16, 0);
}

/** What a step leaves in the arena, and what it needs beyond that while it runs; bytes. */
interface StepNeeds {
  readonly kept: number;
  readonly passing: number;
}

/** Columns that packed weights are rounded up to, and a round figure for the rounding of everything else. */
const panel = 8;
const roundings = 2048;

/**
 * What is allowed for attention on its way: softmax on the longest input, recorded, on every thread. Neuron–astrocyte
 * heads need more the more neurons they have, which a plan does not say: the arena itself checks them.
 */
function attentionBytes(tokens: number, headWidth: number, threads: number): number {
  const padded = tokens + 240;
  const head = bytesOf(padded * (2 * headWidth + panel), panel * panel * (2 * headWidth + 30));
  const recording = tokens * (tokens + 4 * headWidth + 4);
  return threads * head + bytesOf(recording) + roundings;
}

/** What `runBlock`, the embeddings and the other operations allocate. */
function stepNeeds({ step, rows, widthBefore, width }: StepShape, threads: number): StepNeeds {
  const all = total(rows);
  const longest = rows.reduce((most, count) => Math.max(most, count), 0);
  switch (step.op) {
    case 'embed-tokens': {
      const half = (longest * width) / 2;
      return {
        kept: bytesOf(all * width),
        passing: bytesOf(half, longest * width, half, half),
      };
    }
    case 'embed-patches': {
      const input = Math.max(0, longest - 1) * step.projection.input;
      return {
        kept: bytesOf(all * width),
        passing: bytesOf(width, input, longest * width),
      };
    }
    case 'block': {
      const { heads, headWidth, residual, up } = step.block;
      const inner = heads * headWidth;
      const attention =
        bytesOf(all * widthBefore, all * 3 * inner, all * inner) +
        bytesOf(2 * longest * rows.length) +
        attentionBytes(longest, headWidth, threads);
      const mlp = bytesOf(all * width, all * up.output);
      return {
        kept: residual ? bytesOf(all * width) : 0,
        passing: Math.max(attention, mlp),
      };
    }
    case 'tanh':
    case 'unit':
      return { kept: 0, passing: 0 };
    default:
      // A new stream beside the old one, which stays until the end.
      return { kept: bytesOf(all * width), passing: 0 };
  }
}

/** Most bytes that a forward pass has in the arena at once, beside the weights; an upper bound. */
export function forwardBytes(shapes: readonly StepShape[], threads: number): number {
  let kept = 0;
  let most = 0;
  for (const shape of shapes) {
    const needs = stepNeeds(shape, threads);
    kept += needs.kept;
    most = Math.max(most, kept + needs.passing);
  }
  return most;
}

/** Values in the arrays of a step's weights, as `placeWeights` has them: linear layers apart from the rest. */
function stepWeights(step: Step, tokenLimit: number) {
  switch (step.op) {
    case 'embed-tokens':
      return { linears: [], others: [step.vocabulary * step.width, step.width / 2] };
    case 'embed-patches':
      return { linears: [step.projection], others: [step.width, tokenLimit * step.width] };
    case 'restore-patches':
      return { linears: [], others: [step.width, tokenLimit * step.width] };
    case 'norm':
      return { linears: [], others: [step.norm.width, step.norm.width] };
    case 'linear':
      return { linears: [step.linear], others: [] };
    case 'block': {
      const { norm1, norm2, qkv, output, up, down, residual } = step.block;
      return {
        linears: [qkv, output, up, down, ...(residual ? [residual] : [])],
        others: [norm1.width, norm1.width, norm2.width, norm2.width],
      };
    }
    default:
      return { linears: [], others: [] };
  }
}

/** Bytes that a plan's weights take in the arena, with the copy of one layer that is being packed. */
export function weightBytes({ steps, tokenLimit }: Plan): number {
  const packed = ({ input, output }: LinearNames): number =>
    (input + 1) * Math.ceil(output / panel) * panel;
  let sum = 0;
  let largest = 0;
  for (const step of steps) {
    const { linears, others } = stepWeights(step, tokenLimit);
    sum += bytesOf(...others, ...linears.map(packed));
    for (const { input, output } of linears) {
      largest = Math.max(largest, bytesOf(input * output, output));
    }
  }
  return sum + largest;
}
