import { type Kernels, linearActivations } from '@tripartite/kernels';
import { linearActivation, linearRow } from './reference/linear.js';
import { fenced, inArena, randomFloats } from './workbench.js';

type Activation = keyof typeof linearActivations;
/** All activations. */
export const names = Object.keys(linearActivations) as Activation[];
const roundoff = 2 ** -24;
/** Absolute error of GELU, of values around 1; larger values have it in proportion. */
const geluError = 3e-7;
/** Steepest slope of each activation: GELU overshoots a little. */
const slope = { none: 1, relu: 1, gelu: 1.13 };

/** Weights and bias. */
export interface Layer {
  readonly input: number;
  readonly output: number;
  /** (input,output) row by row, or (output,input), as `transposed` says. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly transposed: boolean;
}

/** The other arguments of a call. */
export interface Call {
  readonly activation: Activation;
  readonly accumulate: boolean;
  readonly xStride: number;
  readonly outStride: number;
  readonly rows: number;
}

/** A layer of values in ±1. */
export function randomLayer(
  seed: number,
  input: number,
  output: number,
  transposed = false,
): Layer {
  const weights = randomFloats(seed, input * output);
  return { input, output, weights, bias: randomFloats(seed + 1, output), transposed };
}

/** The weights as (input,output). */
function straightened({ input, output, weights, transposed }: Layer): Float32Array {
  if (!transposed) return weights;
  return weights.map((_, at) => weights[(at % output) * input + Math.floor(at / output)] as number);
}

/** `out` as the kernel leaves it. */
export function run(
  kernels: Kernels,
  layer: Layer,
  x: Float32Array,
  out: Float32Array,
  call: Call,
) {
  const { input, output, transposed } = layer;
  const { xStride, outStride, rows, accumulate } = call;
  return inArena(kernels, () => {
    const { arena, scratch } = kernels;
    const packed = fenced(kernels, new Float32Array(kernels.packedWeightsBytes(input, output) / 4));
    const [row, column] = transposed ? [1, input] : [output, 1];
    const weights = arena.store(layer.weights);
    const bias = arena.store(layer.bias);
    kernels.packWeights(packed.pointer, weights, row, column, bias, input, output);
    packed.check();
    const to = fenced(kernels, out, rows % 4);
    kernels.linear(
      to.pointer,
      outStride,
      arena.store(x),
      xStride,
      packed.pointer,
      linearActivations[call.activation],
      accumulate,
      rows,
      input,
      output,
      scratch,
    );
    return to.take();
  });
}

/**
 * Largest error in units of the bound: (input + 1)·2⁻²⁴·Σ|terms|, one more term where it adds, carried through the
 * activation, and the activation's own error.
 */
export function worst(kernels: Kernels, seed: number, layer: Layer, call: Call): number {
  const { input, output, bias } = layer;
  const { rows, xStride, outStride, activation } = call;
  const x = randomFloats(seed + 2, rows * xStride, 2);
  const before = randomFloats(seed + 3, rows * outStride, 2);
  const after = run(kernels, layer, x, before, call);
  const weights = straightened(layer);
  let largest = 0;
  for (let t = 0; t < rows; t++) {
    const own = x.subarray(t * xStride, t * xStride + input);
    const start = before.subarray(t * outStride, t * outStride + output);
    const { sums, sizes } = linearRow(own, weights, bias, call.accumulate ? start : undefined);
    for (let j = 0; j < outStride; j++) {
      const value = after[t * outStride + j] as number;
      if (j >= output) {
        if (value !== before[t * outStride + j]) return Infinity;
        continue;
      }
      const sum = sums[j] as number;
      const terms = input + (call.accumulate ? 2 : 1);
      const rounding = slope[activation] * terms * roundoff * (sizes[j] as number);
      const own = activation === 'gelu' ? geluError * Math.max(1, Math.abs(sum)) : 0;
      const error = Math.abs(value - linearActivation[activation](sum));
      const share = error / (rounding + own);
      if (error !== 0 && !(share <= largest)) largest = share;
    }
  }
  return largest;
}

/** Rows without gaps, set. */
export function tight(
  { input, output }: Layer,
  rows: number,
  activation: Activation = 'none',
): Call {
  return { activation, accumulate: false, xStride: input, outStride: output, rows };
}
