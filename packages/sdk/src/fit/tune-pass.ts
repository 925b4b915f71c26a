import { type KernelCall, multiplyMatrices, ownScratch, type Pointer } from '@tripartite/kernels';
import type { Rows } from '../attention/rows.js';
import { headScale } from '../transformer/forward.js';
import type { Model } from '../transformer/model.js';
import { type HeadCall, type ItemRows, layOutSpans } from '../transformer/stream.js';
import type { HeadFit } from './head-fit.js';
import { type HeadTokens, type PlacedMaps, readTokens } from './head-tokens.js';
import type { HeadGradientRows, HeadPass } from './reverse/head-pass.js';

/** What the forward pass of a head leaves of one input. */
interface HeadRecord {
  readonly tokens: HeadTokens;
  readonly kept: Pointer;
}

/**
 * The heads of a transformer whose hidden neurons are being fine-tuned: each sees the tokens that the heads below have
 * made. `gradients` has, for each head, room for a row of its parameters for every input of a batch, which `reverse`
 * writes.
 */
export function createTunePass(
  { kernels }: Pick<Model, 'kernels'>,
  fits: readonly HeadFit[],
  maps: PlacedMaps,
  gradients: readonly Pointer[],
): HeadPass {
  const { arena } = kernels;
  const records: HeadRecord[][] = fits.map(() => []);
  const indexOf = ({ layer, head }: HeadCall): number =>
    fits.findIndex(({ place }) => place.layer === layer && place.head === head);
  const scratch = (batch: readonly { readonly q: Rows }[], { shape }: HeadFit): number =>
    kernels.tuneScratch(
      batch.reduce((most, { q }) => Math.max(most, q.rows), 0),
      shape.neurons,
    );

  return {
    forward(call, batch) {
      const at = indexOf(call);
      const fit = fits[at] as HeadFit;
      const tokens = readWhole(fit, at, batch);
      const own = batch.map(({ q }, item) => ({
        tokens: tokens[item] as HeadTokens,
        kept: arena.allocate(kernels.tunedBytes(q.rows, fit.shape.neurons)),
      }));
      records[at] = own;
      const { width } = fit.shape;
      kernels.run(
        batch.map(({ v, out }, item): KernelCall => {
          const { tokens, kept } = own[item] as HeadRecord;
          const { queries, keys, gains, rows } = tokens;
          const place = [out.pointer, out.stride, kept, fit.head, queries, keys, gains] as const;
          return ['tuneHead', ...place, v.pointer, v.stride, rows, width, ownScratch];
        }),
        scratch(batch, fit),
      );
    },

    reverse(call, batch, needsInputs) {
      const at = indexOf(call);
      const fit = fits[at] as HeadFit;
      const { width } = fit.shape;
      const mark = arena.mark();
      const slopes = batch.map(({ q }) => ({
        queries: arena.floats(q.rows * width),
        keys: arena.floats(q.rows * width),
        gains: arena.floats(q.rows),
      }));
      kernels.run(
        batch.map(({ v, dv, dOut }, item): KernelCall => {
          const { tokens, kept } = (records[at] as HeadRecord[])[item] as HeadRecord;
          const { queries, keys, gains, rows } = tokens;
          const d = slopes[item] as (typeof slopes)[number];
          return [
            'tuneHeadReverse',
            (gradients[at] as Pointer) + 4 * item * fit.layout.length,
            d.queries,
            d.keys,
            d.gains,
            dv.pointer,
            dv.stride,
            kept,
            fit.head,
            queries,
            keys,
            gains,
            v.pointer,
            v.stride,
            dOut.pointer,
            dOut.stride,
            rows,
            width,
            needsInputs,
            ownScratch,
          ];
        }),
        scratch(batch, fit),
      );
      if (needsInputs) {
        batch.forEach((rows, item) => {
          const d = slopes[item] as (typeof slopes)[number];
          reverseTokens(fit, at, rows, d);
        });
      }
      arena.release(mark);
    },
  };

  /** The tokens of all inputs at once: their rows follow one another. */
  function readWhole(fit: HeadFit, at: number, batch: readonly ItemRows[]): HeadTokens[] {
    const spans = layOutSpans(batch.map(({ q }) => q.rows));
    const rows = batch.reduce((sum, { q }) => sum + q.rows, 0);
    const [first] = batch;
    if (!first) return [];
    return readTokens(kernels, fit, at, maps, { ...first.q, rows }, { ...first.k, rows }, spans);
  }

  /** From gradients of balanced tokens and gains to those of queries and keys as the transformer has them. */
  function reverseTokens(
    { shape: { width }, statistics }: HeadFit,
    at: number,
    { dq, dk }: HeadGradientRows,
    slopes: { readonly queries: Pointer; readonly keys: Pointer; readonly gains: Pointer },
  ): void {
    const scale = headScale(width);
    const turn = (to: Rows, from: Pointer, map: Pointer): void =>
      multiplyMatrices(
        kernels,
        { pointer: to.pointer, row: to.stride, column: 1 },
        { pointer: from, row: width, column: 1 },
        { pointer: map, row: width, column: 1 },
        [to.rows, width, width],
      );
    turn(dq, slopes.queries, maps.query[at] as Pointer);
    turn(dk, slopes.keys, maps.key[at] as Pointer);
    const gains = arena.viewFloats(slopes.gains, dk.rows);
    for (let t = 0; t < dk.rows; t++) {
      const query = arena.viewFloats(dq.pointer + 4 * t * dq.stride, width);
      const key = arena.viewFloats(dk.pointer + 4 * t * dk.stride, width);
      const gain = gains[t] as number;
      for (let l = 0; l < width; l++) {
        query[l] = (query[l] as number) * scale;
        key[l] = ((key[l] as number) + gain * (statistics.queryMean[l] as number)) * scale;
      }
    }
  }
}
