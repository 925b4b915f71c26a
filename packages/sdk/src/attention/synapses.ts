import { absent, type Kernels, type Pointer } from '@tripartite/kernels';
import type { Activity } from './excitation.js';
import type { Rows } from './rows.js';

/** Neurons whose synapses are changed at a time. */
const neuronsAtOnce = 1024;

/** The synapses as they stand: (neurons, valueWidth + 1) holding [Hᵀ | g] · 2^−exponent. */
export interface Synapses {
  readonly sum: Pointer;
  /** What `sum` lost in rounding, of the same shape. */
  readonly rest: Pointer;
  /** A power of two; `absent` while nothing is written. */
  exponent: number;
}

/** Synapses with what changes and what reads them. */
export interface PlasticSynapses {
  readonly synapses: Synapses;
  /** Forgets everything. */
  clear(): void;
  /** Hebbian and presynaptic plasticity of one block: H += v φ(k)ᵀ, g += φ(k). Allocates in the arena. */
  change(activity: Activity, values: Rows): void;
  /** out (rows, valueWidth + 1) = φ(q) S. */
  ask(out: Pointer, activity: Activity, rows: number): void;
}

/** Synapses of a head, in memory of the kernels' arena; `clear` them before the first use. */
export function placeSynapses(
  kernels: Kernels,
  neurons: number,
  valueWidth: number,
): PlasticSynapses {
  const { arena, scratch } = kernels;
  const columns = valueWidth + 1;
  const size = neurons * columns;
  const synapses: Synapses = {
    sum: arena.floats(size),
    rest: arena.floats(size),
    exponent: absent,
  };

  return {
    synapses,

    clear() {
      arena.viewFloats(synapses.sum, size).fill(0);
      arena.viewFloats(synapses.rest, size).fill(0);
      synapses.exponent = absent;
    },

    change(activity, values) {
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
    },

    ask(out, activity, rows) {
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
    },
  };
}
