import type { Kernels, Pointer } from '@tripartite/kernels';
import type { Rows } from '../attention/rows.js';
import type { PatchPlan, Step } from './plan.js';
import type { PlacedLinear, PlacedNorm, Weights } from './weights.js';

/** One input as the first step takes it. */
export interface PreparedInput {
  /** Token ids, cut to the model's limit. */
  readonly ids?: readonly number[];
  /** Pixels (channels, height, width). */
  readonly pixels?: Float32Array;
  /** Order of the patches, visible ones first, and how many are visible; absent: all, in picture order. */
  readonly order?: { readonly shuffle: Int32Array; readonly visible: number };
}

/** The rows of one input in the stream. */
export interface Span {
  readonly start: number;
  readonly rows: number;
}

/** Where a head is called from. */
export interface HeadCall {
  readonly layer: number;
  readonly head: number;
  readonly headWidth: number;
  readonly stack: 'encoder' | 'decoder';
}

/** Queries, keys, values of one input at one head, and where its output goes. */
export interface HeadRows {
  readonly q: Rows;
  readonly k: Rows;
  readonly v: Rows;
  readonly out: Rows;
  /** Number of the input in its batch. */
  readonly item: number;
}

/** Runs one head on every input of a batch: softmax, or neurons and astrocytes. */
export type Attend = (call: HeadCall, batch: readonly HeadRows[]) => void;

/** Called after each block with the residual stream. */
export type AfterLayer = (layer: number, stack: 'encoder' | 'decoder', stream: Stream) => void;

/**
 * The tokens of a batch on their way: the inputs' rows one after another, without padding, so that a batch gives
 * the bits of single runs.
 */
export interface Stream {
  x: Pointer;
  width: number;
  spans: Span[];
}

/** What operations work with. */
export interface Context {
  readonly kernels: Kernels;
  readonly weights: Weights;
  readonly inputs: readonly PreparedInput[];
  readonly patches?: PatchPlan;
  readonly attend: Attend;
  readonly afterLayer?: AfterLayer;
}

/** One operation of a plan, working on the stream in place; `layer` counts the blocks before it. */
export type Operation<Op extends Step['op']> = (
  context: Context,
  stream: Stream,
  step: Extract<Step, { op: Op }>,
  layer: number,
) => void;

/** Rows in the stream. */
export function countRows({ spans }: Stream): number {
  return spans.reduce((sum, span) => sum + span.rows, 0);
}

/** Spans one after another for these numbers of rows. */
export function layOutSpans(rows: readonly number[]): Span[] {
  let start = 0;
  return rows.map((count) => {
    const span = { start, rows: count };
    start += count;
    return span;
  });
}

/** out (rows, output) = x (rows, input) · weight + bias; allocates `out` unless given. */
export function applyLinear(
  kernels: Kernels,
  layer: PlacedLinear,
  x: Pointer,
  rows: number,
  out: Pointer = kernels.arena.floats(rows * layer.output),
): Pointer {
  const { input, output, weight, bias } = layer;
  kernels.fillRows(out, output, bias, rows, output);
  kernels.gemm(
    out,
    output,
    x,
    input,
    1,
    weight,
    output,
    1,
    rows,
    output,
    input,
    true,
    kernels.scratch,
  );
  return out;
}

/** out (rows, width) = layer norm of x; allocates `out`. */
export function applyNorm(kernels: Kernels, norm: PlacedNorm, x: Pointer, rows: number): Pointer {
  const out = kernels.arena.floats(rows * norm.width);
  kernels.layerNorm(out, x, norm.weight, norm.bias, norm.epsilon, rows, norm.width);
  return out;
}
