import { type Kernels, multiplyMatrices, type Pointer } from '@tripartite/kernels';
import type { Rows } from '../attention/rows.js';
import { headScale, runForward, softmaxAttend } from '../transformer/forward.js';
import type { Model } from '../transformer/model.js';
import type { Attend, PreparedInput } from '../transformer/stream.js';
import type { HeadFit } from './head-fit.js';

/** The tokens of one input at one head, balanced. */
export interface HeadTokens {
  readonly rows: number;
  /** (rows, width) each. */
  readonly queries: Pointer;
  readonly keys: Pointer;
  /** (rows): a·k, the gain of each key. */
  readonly gains: Pointer;
}

/** One input, as the heads that are fitted see it. */
export interface PooledInput {
  /** Its number among the inputs of the fit. */
  readonly number: number;
  /** What the transformer made of it. */
  readonly output: Float32Array;
  /** By head, in the order of the fits. */
  readonly heads: readonly HeadTokens[];
}

/** Bytes that an input of so many tokens takes in a pool. */
export function pooledBytes(fits: readonly HeadFit[], rows: number): number {
  return fits.reduce((sum, { shape }) => sum + 4 * rows * (2 * shape.width + 1) + 48, 0);
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
  for (let at = 0; at < values.length; at++) {
    values[at] = (values[at] as number) - (mean[at % width] as number);
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
    gains[t] = row.reduce((sum, x, i) => sum + (a[i] as number) * x, 0) * scale;
  }
  return out;
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

/** Inputs that run through the transformer at once: threads share them. */
const atOnce = 8;

/** Options of `fillPool`. */
interface FillOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of inputs that are done. */
  readonly onInput?: (done: number) => void;
}

/**
 * Runs inputs through the transformer and keeps, in the arena, every fitted head's queries and keys. To be called within
 * a turn on the model's kernels.
 */
export async function fillPool(
  model: Model,
  fits: readonly HeadFit[],
  maps: PlacedMaps,
  numbers: readonly number[],
  prepare: (number: number) => PreparedInput,
  { signal, onInput }: FillOptions = {},
): Promise<PooledInput[]> {
  const pool: PooledInput[] = [];
  for (let first = 0; first < numbers.length; first += atOnce) {
    const own = numbers.slice(first, first + atOnce);
    pool.push(...(await readInputs(model, fits, maps, own, own.map(prepare), signal)));
    onInput?.(pool.length);
  }
  return pool;
}

async function readInputs(
  model: Model,
  fits: readonly HeadFit[],
  maps: PlacedMaps,
  numbers: readonly number[],
  inputs: readonly PreparedInput[],
  signal: AbortSignal | undefined,
): Promise<PooledInput[]> {
  const { kernels } = model;
  const { arena } = kernels;
  const room = inputs.map((input) =>
    fits.map(({ shape }) => arena.floats(roomOf(shape.width, input, model))),
  );
  const softmax = softmaxAttend(model);
  const heads: HeadTokens[][] = inputs.map(() => []);
  const attend: Attend = (call, batch) => {
    softmax(call, batch);
    const scale = headScale(call.headWidth);
    fits.forEach((fit, at) => {
      if (fit.place.layer !== call.layer || fit.place.head !== call.head) return;
      const { queryMean, keyMean } = fit.statistics;
      for (const { q, k, item } of batch) {
        const mark = arena.mark();
        const tokens = [
          balanceRows(kernels, q, maps.query[at] as Pointer, queryMean, scale),
          balanceRows(kernels, k, maps.key[at] as Pointer, keyMean, scale),
          gainsOf(kernels, k, queryMean, scale),
        ] as const;
        (heads[item] as HeadTokens[])[at] = keepTokens(
          kernels,
          fit,
          room[item]?.[at] as Pointer,
          tokens,
          k.rows,
        );
        arena.release(mark);
      }
    });
  };
  const outputs = await runForward(model, inputs, { attend, ...(signal && { signal }) });
  return numbers.map((number, item) => ({
    number,
    heads: heads[item] as HeadTokens[],
    output: outputs[item] as Float32Array,
  }));
}

/** Most floats that a head's tokens of an input take. */
function roomOf(width: number, { ids }: PreparedInput, { tokenLimit }: Model): number {
  const rows = ids?.length ?? tokenLimit;
  return rows * (2 * width + 1) + 12;
}

/** Moves queries, keys and gains to where they are kept. */
function keepTokens(
  { arena }: Kernels,
  { shape: { width } }: HeadFit,
  at: Pointer,
  [queries, keys, gains]: readonly [Pointer, Pointer, Pointer],
  rows: number,
): HeadTokens {
  const align = (count: number): number => Math.ceil(count / 4) * 4;
  const own = at + 4 * align(rows * width);
  const last = own + 4 * align(rows * width);
  const move = (to: Pointer, from: Pointer, count: number): void =>
    arena.viewFloats(to, count).set(arena.viewFloats(from, count));
  move(at, queries, rows * width);
  move(own, keys, rows * width);
  move(last, gains, rows);
  return { rows, queries: at, keys: own, gains: last };
}
