import { activations } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import { readHead, writeHead } from './placed-head.js';
import { directLayer, placeLayer, randomLayer } from './placed-layer.js';
import { askCache, fillCache } from './placed-softmax.js';
import { randomRows, withoutGaps } from './random-rows.js';
import type { Name } from './reference/hidden.js';
import { builds, fencedRoom, firstDifference, inArena } from './workbench.js';

const names = Object.keys(activations) as Name[];
const shapes = [
  { rows: 1, neurons: 1, width: 1, valueWidth: 1 },
  { rows: 7, neurons: 13, width: 5, valueWidth: 4 },
  { rows: 70, neurons: 16, width: 6, valueWidth: 11 },
  { rows: 533, neurons: 70, width: 17, valueWidth: 5 },
];

describe.each(builds)('whole heads, $build', (kernels) => {
  it.each(names)('of neurons and astrocytes are their parts, bit for bit, %s', (name) => {
    const { arena } = kernels;
    for (const { rows, neurons, width, valueWidth } of shapes) {
      const layers = [randomLayer(rows, name, width, neurons, { gain: true })];
      if (name === 'linear') layers.push(directLayer(width));
      for (const layer of layers) {
        // q, k and v of one stride, as a transformer has them side by side.
        const gap = Math.max(0, valueWidth - width) + 1;
        const keys = randomRows(1, rows, width, 2, gap);
        const queries = randomRows(2, rows, width, 2, gap);
        const values = randomRows(3, rows, valueWidth, 1, width + gap - valueWidth);
        const { stride } = keys;
        for (const gate of [true, false]) {
          inArena(kernels, () => {
            const synapses = writeHead(kernels, { layer, keys, values, rows, valueWidth });
            kernels.packSynapses(synapses);
            const parts = readHead(kernels, synapses, layer, queries, rows, valueWidth, gate);
            const input = placeLayer(kernels, layer);
            const out = fencedRoom(kernels, rows * (valueWidth + 1));
            const [responses, exponents] = [fencedRoom(kernels, rows), fencedRoom(kernels, rows)];
            const bytes = kernels.astrocyteHeadScratch(width, valueWidth, layer.neurons);
            const scratch = fencedRoom(kernels, Math.ceil(bytes / 4));
            kernels.astrocyteHead(
              out.pointer,
              valueWidth + 1,
              responses.pointer,
              exponents.pointer,
              input,
              input,
              arena.store(queries.values),
              arena.store(keys.values),
              arena.store(values.values),
              stride,
              rows,
              valueWidth,
              gate,
              scratch.pointer,
            );
            scratch.check();
            const whole = withoutGaps(out.take(), rows, valueWidth);
            expect(firstDifference(whole, parts.out)).toBe(-1);
            expect(firstDifference(responses.take(), parts.responses)).toBe(-1);
            expect(new Int32Array(exponents.take().buffer)).toEqual(parts.exponents);
          });
        }
      }
    }
  });

  it('of softmax attention are their parts, bit for bit', () => {
    const { arena } = kernels;
    for (const { rows, width, valueWidth } of shapes) {
      const gap = Math.max(0, valueWidth - width) + 1;
      const keys = randomRows(1, rows, width, 2, gap);
      const queries = randomRows(2, rows, width, 2, gap);
      const values = randomRows(3, rows, valueWidth, 1, width + gap - valueWidth);
      const scale = Math.fround(1 / Math.sqrt(Math.sqrt(width)));
      const head = { keys, values, queries, tokens: rows, rows, width, valueWidth, scale };
      inArena(kernels, () => {
        const parts = askCache(kernels, head, fillCache(kernels, head, rows));
        const out = fencedRoom(kernels, rows * (valueWidth + 1));
        const [sums, maxima] = [fencedRoom(kernels, rows), fencedRoom(kernels, rows)];
        const bytes = kernels.softmaxHeadScratch(rows, width, valueWidth);
        const scratch = fencedRoom(kernels, Math.ceil(bytes / 4));
        kernels.softmaxHead(
          out.pointer,
          valueWidth + 1,
          sums.pointer,
          maxima.pointer,
          arena.store(queries.values),
          arena.store(keys.values),
          arena.store(values.values),
          keys.stride,
          scale,
          rows,
          width,
          valueWidth,
          scratch.pointer,
        );
        scratch.check();
        expect(firstDifference(withoutGaps(out.take(), rows, valueWidth), parts.out)).toBe(-1);
        expect(firstDifference(sums.take(), parts.sums)).toBe(-1);
        expect(firstDifference(maxima.take(), parts.maxima)).toBe(-1);
      });
    }
  });
});
