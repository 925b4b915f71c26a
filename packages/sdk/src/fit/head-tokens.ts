import { type Kernels, multiplyMatrices, type Pointer } from '@tripartite/kernels';
import type { Rows } from '../attention/rows.js';
import { headScale } from '../transformer/forward.js';
import { headRows } from '../transformer/head-rows.js';
import type { Model } from '../transformer/model.js';
import type { BlockPlan } from '../transformer/plan.js';
import { applyLinear, applyNorm, layOutSpans, type Span } from '../transformer/stream.js';
import type { HeadFit } from './head-fit.js';
import { readStream, type StoredInput, type StoredStream } from './stored-inputs.js';

/** The tokens of one input at one head, balanced. */
export interface HeadTokens {
  readonly rows: number;
  /** (rows, width) each. */
  readonly queries: Pointer;
  readonly keys: Pointer;
  /** (rows): a·k, the gain of each key. */
  readonly gains: Pointer;
}

/** The maps of all fits in the arena, rounded to float32. */
export interface PlacedMaps {
  readonly query: readonly Pointer[];
  readonly key: readonly Pointer[];
}

/** Puts the balances of all fits into the arena. */
export function placeMaps({ arena }: Kernels, fits: readonly HeadFit[]): PlacedMaps {
  const store = (map: Float64Array) => arena.store(Float32Array.from(map));
  return {
    query: fits.map(({ balance }) => store(balance.queryMap)),
    key: fits.map(({ balance }) => store(balance.keyMap)),
  };
}

/** x̃ (rows, width) = map (scale · x − mean) of rows in the arena; allocates. */
function balanceRows(
  kernels: Kernels,
  { pointer, stride, rows }: Rows,
  map: Pointer,
  mean: Float64Array,
  scale: number,
): Pointer {
  const { arena } = kernels;
  const width = mean.length;
  const out = arena.floats(rows * width);
  const mark = arena.mark();
  const centred = arena.floats(rows * width);
  kernels.scaleRows(centred, pointer, stride, scale, rows, width);
  const values = arena.viewFloats(centred, rows * width);
  for (let t = 0; t < rows; t++) {
    for (let i = 0; i < width; i++) {
      const at = t * width + i;
      values[at] = (values[at] as number) - (mean[i] as number);
    }
  }
  multiplyMatrices(
    kernels,
    { pointer: out, row: width, column: 1 },
    { pointer: centred, row: width, column: 1 },
    { pointer: map, row: 1, column: width },
    [rows, width, width],
  );
  arena.release(mark);
  return out;
}

/** a·x of each row, x scaled; allocates. */
function gainsOf(
  { arena }: Kernels,
  { pointer, stride, rows }: Rows,
  a: Float64Array,
  scale: number,
): Pointer {
  const out = arena.floats(rows);
  const gains = arena.viewFloats(out, rows);
  for (let t = 0; t < rows; t++) {
    const row = arena.viewFloats(pointer + 4 * t * stride, a.length);
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (row[i] as number);
    gains[t] = sum * scale;
  }
  return out;
}

/**
 * A head's queries and keys of a whole batch, balanced, and the keys' gains, input by input: `spans` says which rows of
 * q and k are whose. Allocates.
 */
export function readTokens(
  kernels: Kernels,
  { shape: { width }, statistics: { queryMean, keyMean } }: HeadFit,
  at: number,
  maps: PlacedMaps,
  q: Rows,
  k: Rows,
  spans: readonly Span[],
): HeadTokens[] {
  const scale = headScale(width);
  const queries = balanceRows(kernels, q, maps.query[at] as Pointer, queryMean, scale);
  const keys = balanceRows(kernels, k, maps.key[at] as Pointer, keyMean, scale);
  const gains = gainsOf(kernels, k, queryMean, scale);
  return spans.map(({ start, rows }) => ({
    rows,
    queries: queries + 4 * start * width,
    keys: keys + 4 * start * width,
    gains: gains + 4 * start,
  }));
}

/**
 * What every head reads of stored inputs, by head, then input: norm, then queries and keys of all inputs in one product.
 * Allocates; the caller releases.
 */
export function readBatch(
  { kernels, weights, plan }: Pick<Model, 'kernels' | 'weights' | 'plan'>,
  fits: readonly HeadFit[],
  maps: PlacedMaps,
  inputs: readonly StoredInput[],
): HeadTokens[][] {
  const { arena } = kernels;
  const tokens: HeadTokens[][] = fits.map(() => []);
  const blocks = plan.steps.flatMap((step) => (step.op === 'block' ? [step.block] : []));
  blocks.forEach((block, layer) => {
    const streams = inputs.map((input) => input.streams[layer] as StoredStream);
    const spans = layOutSpans(streams.map(({ scales }) => scales.length));
    const rows = streams.reduce((sum, { scales }) => sum + scales.length, 0);
    const qkv = projectStreams(block, streams, rows);
    fits.forEach((fit, at) => {
      if (fit.place.layer !== layer) return;
      const [whole] = headRows(block, fit.place.head, [{ start: 0, rows }], qkv, 0);
      if (whole) tokens[at] = readTokens(kernels, fit, at, maps, whole.q, whole.k, spans);
    });
  });
  return tokens;

  function projectStreams(
    block: BlockPlan,
    streams: readonly StoredStream[],
    rows: number,
  ): Pointer {
    const { input, output } = block.qkv;
    const qkv = arena.floats(rows * output);
    const mark = arena.mark();
    const x = arena.floats(rows * input);
    let at = x;
    for (const stream of streams) {
      const { length } = stream.values;
      readStream(stream, arena.viewFloats(at, length));
      at += 4 * length;
    }
    const normal = applyNorm(kernels, weights.norm(block.norm1), x, rows);
    applyLinear(kernels, weights.linear(block.qkv), normal, rows, { out: qkv });
    arena.release(mark);
    return qkv;
  }
}
