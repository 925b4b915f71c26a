import { type Kernels, ownScratch, type Pointer } from '@tripartite/kernels';
import type { HiddenLayer } from '../hidden/hidden-layer.js';
import { createAstrocyte } from './astrocyte.js';
import { placeLayer } from './excitation.js';
import type { Rows } from './rows.js';

/** Queries, keys, values of one input at a head, rows equally far apart, and where its output goes. */
export interface HeadRows {
  readonly q: Rows;
  readonly k: Rows;
  readonly v: Rows;
  readonly out: Rows;
}

/** Runs `work` with room for every input's responses, two numbers a row, which nobody reads. */
function withUnread(
  { arena }: Kernels,
  batch: readonly HeadRows[],
  work: (unread: (item: number) => readonly [Pointer, Pointer], longest: number) => void,
): void {
  const longest = batch.reduce((most, { q }) => Math.max(most, q.rows), 0);
  const mark = arena.mark();
  const room = arena.floats(2 * longest * batch.length);
  work((item) => {
    const own = room + 8 * longest * item;
    return [own, own + 4 * longest];
  }, longest);
  arena.release(mark);
}

/** One softmax head on every input of a batch, each by itself. Threads share the inputs. */
export function runSoftmaxHeads(
  kernels: Kernels,
  width: number,
  scale: number,
  batch: readonly HeadRows[],
): void {
  withUnread(kernels, batch, (unread, longest) =>
    kernels.run(
      batch.map(({ q, k, v, out }, item) => [
        'softmaxHead',
        out.pointer,
        out.stride,
        ...unread(item),
        q.pointer,
        k.pointer,
        v.pointer,
        q.stride,
        scale,
        q.rows,
        width,
        width,
        ownScratch,
      ]),
      kernels.softmaxHeadScratch(longest, width, width),
    ),
  );
}

/**
 * One neuron–astrocyte head on every input of a batch, each by itself: the numbers of `begin`, `write`, `read`.
 * Threads share the inputs, except where φ is signed or the user's own.
 */
export function runAstrocyteHeads(
  kernels: Kernels,
  layer: HiddenLayer,
  width: number,
  scale: number,
  batch: readonly HeadRows[],
): void {
  const { arena } = kernels;
  const mark = arena.mark();
  if (layer.signed || 'features' in layer || batch.length === 1) {
    const network = createAstrocyte(kernels, layer, width, scale);
    for (const { q, k, v, out } of batch) {
      network.begin();
      network.write(k, v, 0);
      network.read(q, out);
    }
  } else {
    const placed = placeLayer(kernels, layer, scale);
    withUnread(kernels, batch, (unread) =>
      kernels.run(
        batch.map(({ q, k, v, out }, item) => [
          'astrocyteHead',
          out.pointer,
          out.stride,
          ...unread(item),
          placed.query,
          placed.key,
          q.pointer,
          k.pointer,
          v.pointer,
          q.stride,
          q.rows,
          width,
          true,
          ownScratch,
        ]),
        kernels.astrocyteHeadScratch(width, width, layer.neurons),
      ),
    );
  }
  arena.release(mark);
}
