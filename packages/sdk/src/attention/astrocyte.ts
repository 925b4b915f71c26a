import { absent, type Kernels, type Pointer } from '@tripartite/kernels';
import type { HiddenLayer } from '../hidden/hidden-layer.js';
import { placeLayer } from './excitation.js';
import { gateReading } from './gate.js';
import { type Mechanism, sliceRows } from './rows.js';
import { placeSynapses, type Synapses } from './synapses.js';

/** Tokens per block (whole tiles of the matrix product), and the memory that a block's hidden activity may take. */
const blockRows = 120;
const blockFloats = 1 << 22;

/** A neuron–astrocyte mechanism, with its synapses readable. */
export interface AstrocyteMechanism extends Mechanism {
  readonly synapses: Synapses;
}

/**
 * The neuron–astrocyte mechanism (Kozachkov et al. 2023): H += v φ(k)ᵀ, g += φ(k) while writing;
 * y = H φ(q) / (g·φ(q)) while reading. Φ(K) is never stored whole: tokens pass in blocks, and memory does not
 * depend on their number.
 */
export function createAstrocyte(
  kernels: Kernels,
  layer: HiddenLayer,
  valueWidth: number,
  scale: number,
): AstrocyteMechanism {
  const { arena, scratch } = kernels;
  const { neurons } = layer;
  const columns = valueWidth + 1;
  const placed = placeLayer(kernels, layer, scale);
  const { synapses, clear, change, ask } = placeSynapses(kernels, neurons, valueWidth);
  const block = Math.max(8, Math.min(blockRows, Math.floor(blockFloats / neurons)));

  const exponentsOf = (pointer: Pointer, rows: number): Int32Array =>
    arena.viewIntegers(pointer, rows).slice();

  return {
    synapses,
    begin: clear,
    reserve() {},

    write(keys, values, mask) {
      for (let t = 0; t < keys.rows; t += block) {
        const rows = Math.min(block, keys.rows - t);
        const mark = arena.mark();
        const activity = placed.excite('key', sliceRows(keys, t, rows), mask ? mask + t : 0);
        change(activity, sliceRows(values, t, rows));
        arena.release(mark);
      }
    },

    read(queries, out) {
      const outer = arena.mark();
      const pointer = arena.floats(queries.rows * columns);
      const exponents = new Int32Array(queries.rows);
      for (let t = 0; t < queries.rows; t += block) {
        const rows = Math.min(block, queries.rows - t);
        const mark = arena.mark();
        const activity = placed.excite('query', sliceRows(queries, t, rows), 0);
        ask(pointer + t * columns * 4, activity, rows);
        const own = exponentsOf(activity.exponents, rows);
        exponents.set(
          own.map((e) => e + synapses.exponent),
          t,
        );
        arena.release(mark);
      }
      const responses = gateReading(kernels, { pointer, exponents }, out, valueWidth, layer.signed);
      arena.release(outer);
      return responses;
    },

    stream(queries, keys, values, out, mask) {
      const outer = arena.mark();
      const pointer = arena.floats(queries.rows * columns);
      const exponents = new Int32Array(queries.rows);
      for (let t = 0; t < queries.rows; t += block) {
        const rows = Math.min(block, queries.rows - t);
        const mark = arena.mark();
        const key = placed.excite('key', sliceRows(keys, t, rows), mask ? mask + t : 0);
        const query = placed.excite('query', sliceRows(queries, t, rows), 0);
        const own = exponentsOf(key.exponents, rows);
        const weights = arena.floats(rows * rows);
        const running = arena.floats(rows);
        const factors = arena.floats(rows);
        const present = arena.store(own.map((e) => (e === absent ? absent : 0)));
        const stretched = arena.floats(rows * columns);
        const reading = pointer + t * columns * 4;
        kernels.gemm(
          weights,
          rows,
          query.phi,
          query.stride,
          1,
          key.phi,
          1,
          key.stride,
          rows,
          rows,
          neurons,
          false,
          scratch,
        );
        kernels.causalWeights(
          weights,
          rows,
          running,
          factors,
          key.exponents,
          synapses.exponent,
          rows,
        );
        ask(reading, query, rows);
        kernels.gateRows(reading, columns, reading, columns, factors, rows, columns);
        const from = sliceRows(values, t, rows);
        kernels.stretchValues(stretched, from.pointer, from.stride, present, 0, rows, valueWidth);
        kernels.gemm(
          reading,
          columns,
          weights,
          rows,
          1,
          stretched,
          columns,
          1,
          rows,
          columns,
          rows,
          true,
          scratch,
        );
        const units = exponentsOf(running, rows);
        const asked = exponentsOf(query.exponents, rows);
        exponents.set(
          units.map((e, i) => e + (asked[i] as number)),
          t,
        );
        change(key, from);
        arena.release(mark);
      }
      const responses = gateReading(kernels, { pointer, exponents }, out, valueWidth, layer.signed);
      arena.release(outer);
      return responses;
    },
  };
}
