import type { Kernels } from '@tripartite/kernels';
import type { Rows } from '../attention/rows.js';
import { createSoftmax } from '../attention/softmax.js';
import { TripartiteError } from '../errors.js';
import type { LayerShape } from '../hidden/hidden-layer.js';
import { headScale, softmaxAttend } from './forward.js';
import type { Attend, HeadCall } from './stream.js';

/** Everything that went through one head for one input, copied. */
export interface HeadTrace {
  readonly layer: number;
  readonly head: number;
  readonly stack: 'encoder' | 'decoder';
  /** Width of the head, d; all rows are this wide. */
  readonly width: number;
  readonly tokens: number;
  /** (tokens, width), as the transformer has them: not yet divided by d^¼. */
  readonly queries: Float32Array;
  readonly keys: Float32Array;
  readonly values: Float32Array;
  /** (tokens, width), softmax's output of this head. */
  readonly output: Float32Array;
  /** (tokens, tokens), q_t·k_s/√d, a row per query: what softmax takes the exponential of. */
  readonly scores: Float32Array;
  /** Softmax's own response: its normaliser Σ_s exp(q_t·k_s/√d) of each token. */
  readonly normaliser: Float64Array;
  readonly logNormaliser: Float64Array;
}

/** Copies rows out of the arena, (rows, width). */
export function copyRows({ arena }: Kernels, { pointer, stride, rows }: Rows, width: number) {
  const out = new Float32Array(rows * width);
  for (let t = 0; t < rows; t++) {
    out.set(arena.viewFloats(pointer + t * stride * 4, width), t * width);
  }
  return out;
}

/** Copies rows into the arena. */
export function placeRows({ arena }: Kernels, values: Float32Array, width: number): Rows {
  return { pointer: arena.store(values), stride: width, rows: values.length / width };
}

/** q_t·k_s/√d of queries and keys in the arena, copied, (queries, keys). */
export function attentionScores(kernels: Kernels, q: Rows, k: Rows, width: number): Float32Array {
  const { arena, scratch } = kernels;
  const mark = arena.mark();
  const factor = headScale(width);
  const queries = arena.floats(q.rows * width);
  const keys = arena.floats(k.rows * width);
  const scores = arena.floats(q.rows * k.rows);
  kernels.scaleRows(queries, q.pointer, q.stride, factor, q.rows, width);
  kernels.scaleRows(keys, k.pointer, k.stride, factor, k.rows, width);
  kernels.gemm(
    scores,
    k.rows,
    queries,
    width,
    1,
    keys,
    1,
    width,
    q.rows,
    k.rows,
    width,
    false,
    scratch,
  );
  const copy = arena.viewFloats(scores, q.rows * k.rows).slice();
  arena.release(mark);
  return copy;
}

/** Whether a head at a place is meant. */
export type PlaceFilter = (place: { readonly layer: number; readonly head: number }) => boolean;

/**
 * Reads `all`, `none`, or a list such as `0,2.1`: whole layers or single heads, LAYER.HEAD, both counted from 0.
 * Throws `BAD_INPUT` where one is out of range or no number.
 */
export function readPlaces(text: string, layers: readonly LayerShape[]): PlaceFilter {
  if (typeof text !== 'string') {
    throw new TripartiteError('BAD_INPUT', `places are a ${typeof text}; a string is allowed`);
  }
  if (text === 'all') return () => true;
  if (text === 'none') return () => false;
  const wanted = new Set<string>();
  for (const part of text.split(',').map((p) => p.trim())) {
    const match = /^(\d+)(?:\.(\d+))?$/.exec(part);
    const layer = Number(match?.[1]);
    const shape = layers[layer];
    const head = match?.[2] === undefined ? undefined : Number(match[2]);
    if (!match || !shape || (head !== undefined && head >= shape.heads)) {
      const last = layers.length - 1;
      throw new TripartiteError(
        'BAD_INPUT',
        `head place "${part}" is out of range; all, none, LAYER (0 to ${last}) or LAYER.HEAD (heads 0 to ${((shape ?? layers[0])?.heads ?? 1) - 1}) is allowed`,
      );
    }
    const heads = head === undefined ? Array.from({ length: shape.heads }, (_, h) => h) : [head];
    for (const h of heads) wanted.add(`${layer}.${h}`);
  }
  return ({ layer, head }) => wanted.has(`${layer}.${head}`);
}

/** Softmax in every head, recording the heads that `wanted` names: `record` is called once a head and input. */
export function tracingAttend(
  kernels: Kernels,
  wanted: PlaceFilter,
  record: (trace: HeadTrace, item: number) => void,
): Attend {
  const plain = softmaxAttend({ kernels });
  return (call: HeadCall, batch) => {
    if (!wanted(call)) return plain(call, batch);
    const { layer, head, headWidth: width, stack } = call;
    for (const { q, k, v, out, item } of batch) {
      const mark = kernels.arena.mark();
      const softmax = createSoftmax(kernels, width, width, headScale(width));
      softmax.write(k, v, 0);
      const { value, log } = softmax.read(q, out);
      record(
        {
          layer,
          head,
          stack,
          width,
          tokens: q.rows,
          queries: copyRows(kernels, q, width),
          keys: copyRows(kernels, k, width),
          values: copyRows(kernels, v, width),
          output: copyRows(kernels, out, width),
          scores: attentionScores(kernels, q, k, width),
          normaliser: value,
          logNormaliser: log,
        },
        item,
      );
      kernels.arena.release(mark);
    }
  };
}
