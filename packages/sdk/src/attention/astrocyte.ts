import { absent, type Kernels, type Pointer } from '@tripartite/kernels';
import type { HiddenLayer } from '../hidden/hidden-layer.js';
import { log, scaleByPowerOfTwo } from '../numeric/elementary.js';
import { type Activity, placeLayer } from './excitation.js';
import { type Mechanism, type Responses, type Rows, sliceRows } from './rows.js';

/** Tokens per block, and the memory that a block's hidden activity may take. */
const blockRows = 128;
const blockFloats = 1 << 22;
/** Neurons whose synapses are changed at a time. */
const neuronsAtOnce = 1024;
/** Where φ is signed, |c_t| below this share of the largest counts as this share (equations.md 1). */
const responseFloor = 1e-6;
/** A reading with a smaller response is lifted by 2^`lift`, so that the inverse is a float32. */
const faint = 2 ** -100;
const lift = 64;
const ln2 = Math.LN2;

/** The synapses as they stand: (neurons, valueWidth + 1) holding [Hᵀ | g] · 2^−exponent. */
export interface Synapses {
  readonly sum: Pointer;
  /** What `sum` lost in rounding, of the same shape. */
  readonly rest: Pointer;
  /** A power of two; `absent` while nothing is written. */
  exponent: number;
}

/** A neuron–astrocyte mechanism, with its synapses readable. */
export interface AstrocyteMechanism extends Mechanism {
  readonly synapses: Synapses;
}

/** Numerators and responses of some queries before the gate: unit of row t is 2^exponents[t]. */
interface Reading {
  /** (rows, valueWidth + 1). */
  readonly pointer: Pointer;
  readonly exponents: Int32Array;
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
  const size = neurons * columns;
  const placed = placeLayer(kernels, layer, scale);
  const synapses: Synapses = {
    sum: arena.floats(size),
    rest: arena.floats(size),
    exponent: absent,
  };
  const block = Math.max(8, Math.min(blockRows, Math.floor(blockFloats / neurons)));

  const begin = (): void => {
    arena.viewFloats(synapses.sum, size).fill(0);
    arena.viewFloats(synapses.rest, size).fill(0);
    synapses.exponent = absent;
  };

  /** Hebbian and presynaptic plasticity of one block. */
  const plasticity = (activity: Activity, values: Rows): void => {
    const { rows } = values;
    const exponent = kernels.largestExponent(activity.exponents, synapses.exponent, rows);
    if (exponent === absent) return;
    if (exponent !== synapses.exponent) {
      kernels.rescale(synapses.sum, synapses.exponent - exponent, size);
      kernels.rescale(synapses.rest, synapses.exponent - exponent, size);
      synapses.exponent = exponent;
    }
    const stretched = arena.floats(rows * columns);
    const change = arena.floats(Math.min(neurons, neuronsAtOnce) * columns);
    kernels.stretchValues(
      stretched,
      values.pointer,
      values.stride,
      activity.exponents,
      exponent,
      rows,
      valueWidth,
    );
    for (let r = 0; r < neurons; r += neuronsAtOnce) {
      const count = Math.min(neuronsAtOnce, neurons - r);
      const phi = activity.phi + r * 4;
      kernels.gemm(
        change,
        columns,
        phi,
        1,
        activity.stride,
        stretched,
        columns,
        1,
        count,
        columns,
        rows,
        false,
        scratch,
      );
      const at = r * columns * 4;
      kernels.accumulate(synapses.sum + at, synapses.rest + at, change, count * columns);
    }
  };

  /** out (rows, columns) = φ(q) S. */
  const ask = (out: Pointer, activity: Activity, rows: number): void => {
    kernels.gemm(
      out,
      columns,
      activity.phi,
      activity.stride,
      1,
      synapses.sum,
      columns,
      1,
      rows,
      columns,
      neurons,
      false,
      scratch,
    );
  };

  /** Divides by the response and reports it. */
  const gate = ({ pointer, exponents }: Reading, out: Rows): Responses => {
    const { rows } = out;
    const value = new Float64Array(rows);
    const logs = new Float64Array(rows);
    const factors = arena.floats(rows);
    const readings = arena.viewFloats(pointer, rows * columns);
    const response = (t: number): number => readings[t * columns + valueWidth] as number;
    let largest = -Infinity;
    let top = 0;
    for (let t = 0; t < rows; t++) {
      if (Math.abs(response(t)) < faint) {
        kernels.rescale(pointer + t * columns * 4, lift, columns);
        exponents[t] = (exponents[t] as number) - lift;
      }
      const exponent = exponents[t] as number;
      value[t] = scaleByPowerOfTwo(response(t), exponent);
      const size = log(Math.abs(response(t))) + exponent * ln2;
      logs[t] = size;
      // What is not finite comes from the query itself, and must not move the floor of the others.
      if (size > largest && size < Infinity) {
        largest = size;
        top = t;
      }
    }
    const least = layer.signed ? responseFloor * Math.abs(response(top)) : 0;
    const view = arena.viewFloats(factors, rows);
    for (let t = 0; t < rows; t++) {
      const c = response(t);
      const shift = (exponents[top] as number) - (exponents[t] as number);
      const size = Math.max(Math.abs(c), scaleByPowerOfTwo(least, shift));
      view[t] = size > 0 ? (c < 0 ? -1 : 1) / size : 0;
    }
    kernels.gateRows(out.pointer, out.stride, pointer, columns, factors, rows, valueWidth);
    return { value, log: logs };
  };

  const exponentsOf = (pointer: Pointer, rows: number): Int32Array =>
    arena.viewIntegers(pointer, rows).slice();

  return {
    synapses,
    begin,
    reserve() {},

    write(keys, values, mask) {
      for (let t = 0; t < keys.rows; t += block) {
        const rows = Math.min(block, keys.rows - t);
        const mark = arena.mark();
        const activity = placed.excite('key', sliceRows(keys, t, rows), mask ? mask + t : 0);
        plasticity(activity, sliceRows(values, t, rows));
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
      const responses = gate({ pointer, exponents }, out);
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
        plasticity(key, from);
        arena.release(mark);
      }
      const responses = gate({ pointer, exponents }, out);
      arena.release(outer);
      return responses;
    },
  };
}
