import { type KernelCall, type Kernels, multiplyMatrices, type Pointer } from '@tripartite/kernels';
import { divideRows } from '../../attention/shares.js';
import type { BlockPlan, LinearNames, NormNames } from '../../transformer/plan.js';
import { applyLinear, type Span } from '../../transformer/stream.js';
import type { HeadPass } from './head-pass.js';
import type { ReverseWeights } from './reverse-weights.js';

/** What recorded passes work with. */
export interface PassContext {
  readonly kernels: Kernels;
  readonly weights: ReverseWeights;
  readonly heads: HeadPass;
}

/** About what an activation or a norm costs a value, in multiply–adds. */
const workPerValue = 32;

/** Runs calls on rows that do not depend on each other. Threads share the rows. */
export function shareRows(
  kernels: Kernels,
  rows: number,
  width: number,
  call: (first: number, count: number) => KernelCall,
): void {
  const shares = divideRows(kernels, rows, 1, rows * width * workPerValue);
  kernels.run(shares.map(({ first, last }) => call(first, last - first)));
}

/** dx (rows, input) = dy (rows, output) W; allocates. */
export function reverseLinear(
  { kernels, weights }: PassContext,
  names: LinearNames,
  dy: Pointer,
  rows: number,
): Pointer {
  return applyLinear(kernels, weights.transposed(names), dy, rows);
}

/** Where the layer is tuned: gradient of W += dyᵀ x, of its bias += the sum of the rows of dy (rows, output). */
export function addLinearGradient(
  { kernels, weights }: PassContext,
  names: LinearNames,
  dy: Pointer,
  x: Pointer,
  rows: number,
): void {
  const tuned = weights.tunedLinear(names);
  if (!tuned) return;
  const { input, output } = names;
  multiplyMatrices(
    kernels,
    { pointer: tuned.gradient, row: input, column: 1 },
    { pointer: dy, row: 1, column: output },
    { pointer: x, row: input, column: 1 },
    [output, input, rows],
    true,
  );
  kernels.sumRows(tuned.gradient + 4 * input * output, dy, output, rows, output, true);
}

/** out (rows, width) = the gradient through the norm of x, given dy, or that added to it. */
export function reverseNorm(
  { kernels, weights }: PassContext,
  names: NormNames,
  out: Pointer,
  dy: Pointer,
  x: Pointer,
  rows: number,
  accumulate: boolean,
): void {
  const { weight, epsilon, width } = weights.forward.norm(names);
  shareRows(kernels, rows, width, (first, count) => {
    const at = first * width * 4;
    const own = [out + at, dy + at, x + at] as const;
    return ['layerNormReverse', ...own, weight, epsilon, count, width, accumulate];
  });
}

/** d (rows, width) ← gradient through the activation: of its output y for ReLU, of its input x for GELU. */
export function reverseActivation(
  kernels: Kernels,
  activation: BlockPlan['activation'],
  d: Pointer,
  kept: Pointer,
  rows: number,
  width: number,
): void {
  const kernel = activation === 'relu' ? 'reluReverse' : 'geluReverse';
  shareRows(kernels, rows, width, (first, count) => {
    const at = first * width * 4;
    return [kernel, d + at, d + at, kept + at, count * width];
  });
}

/** Gradient by all tokens of each input (rows, width), given that by their mean; allocates. */
export function spreadMean(
  { arena }: Pick<Kernels, 'arena'>,
  spans: readonly Span[],
  mean: Pointer,
  width: number,
): Pointer {
  const out = arena.floats(spans.reduce((sum, { rows }) => sum + rows, 0) * width);
  spans.forEach(({ start, rows }, item) => {
    const share = arena.viewFloats(mean + item * width * 4, width).map((v) => v / rows);
    const to = arena.viewFloats(out + start * width * 4, rows * width);
    for (let at = 0; at < to.length; at += width) to.set(share, at);
  });
  return out;
}
