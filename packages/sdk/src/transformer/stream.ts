import { type Kernels, linearActivations, ownScratch, type Pointer } from '@tripartite/kernels';
import { divideRows } from '../attention/shares.js';
import type { HeadRows } from '../attention/whole-heads.js';
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
export interface ItemRows extends HeadRows {
  /** Number of the input in its batch. */
  readonly item: number;
}

/** Runs one head on every input of a batch: softmax, or neurons and astrocytes. */
export type Attend = (call: HeadCall, batch: readonly ItemRows[]) => void;

/** Called before each block with the residual stream; the pass ends there where it gives true. */
export type BeforeLayer = (layer: number, stream: Stream) => boolean;

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
  readonly beforeLayer?: BeforeLayer;
  readonly afterLayer?: AfterLayer;
}

/** One operation of a plan, working on the stream in place; `layer` counts the blocks before it, `next` comes after. */
export type Operation<Op extends Step['op']> = (
  context: Context,
  stream: Stream,
  step: Extract<Step, { op: Op }>,
  layer: number,
  next: Step | undefined,
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

/** What a linear layer does besides: see `linear` of the kernels. */
export interface LinearOptions {
  /** Where the result goes; default: allocated. */
  readonly out?: Pointer;
  readonly activation?: keyof typeof linearActivations;
  /** Add to what is in `out`. */
  readonly accumulate?: boolean;
}

/** Rows of a share are whole tiles of either build. */
const shareRows = 30;

/** out (rows, output) = f(x (rows, input) · weight + bias), or added to it. Threads share the rows. */
export function applyLinear(
  kernels: Kernels,
  { input, output, weights }: PlacedLinear,
  x: Pointer,
  rows: number,
  { out, activation = 'none', accumulate = false }: LinearOptions = {},
): Pointer {
  const to = out ?? kernels.arena.floats(rows * output);
  kernels.run(
    divideRows(kernels, rows, shareRows, rows * input * output).map(({ first, last }) => [
      'linear',
      to + first * output * 4,
      output,
      x + first * input * 4,
      input,
      weights,
      linearActivations[activation],
      accumulate,
      last - first,
      input,
      output,
      ownScratch,
    ]),
  );
  return to;
}

/** Mean over the tokens of each input of x (rows, width), summed in float64 in order of the tokens; allocates. */
export function meanOfTokens(
  kernels: Kernels,
  { spans }: Pick<Stream, 'spans'>,
  x: Pointer,
  width: number,
): Pointer {
  const out = kernels.arena.floats(spans.length * width);
  spans.forEach(({ start, rows }, item) => {
    kernels.meanRows(out + item * width * 4, x + start * width * 4, rows, width);
  });
  return out;
}

/** out (rows, width) = layer norm of x; allocates `out`. */
export function applyNorm(kernels: Kernels, norm: PlacedNorm, x: Pointer, rows: number): Pointer {
  const out = kernels.arena.floats(rows * norm.width);
  kernels.layerNorm(out, x, norm.weight, norm.bias, norm.epsilon, rows, norm.width);
  return out;
}
