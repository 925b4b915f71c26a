import { absent, type Kernels, type Pointer } from '@tripartite/kernels';
import { TripartiteError } from '../errors.js';
import { scaleByPowerOfTwo } from '../numeric/elementary.js';
import type { HeadState } from './head.js';

/** Neurons of a strip, which share an exponent. */
const stripWidth = 8;

/** Synapses in the kernels' memory: strips of eight neurons, [H | g]ᵀ (valueWidth + 1, 8), see the kernels' sources. */
export interface Synapses {
  readonly pointer: Pointer;
  readonly neurons: number;
  readonly valueWidth: number;
}

/** H (valueWidth, neurons) and g (neurons) · 2^−exponent, as arrays. */
export interface SynapsesRead {
  readonly H: Float32Array;
  readonly g: Float32Array;
  /** A power of two; −2²⁰ while nothing is written. */
  readonly exponent: number;
}

/** Synapses of a head in memory of the kernels' arena, with nothing written. */
export function placeSynapses(kernels: Kernels, neurons: number, valueWidth: number): Synapses {
  const pointer = kernels.arena.allocate(kernels.synapsesBytes(valueWidth, neurons));
  kernels.clearSynapses(pointer, valueWidth, neurons);
  return { pointer, neurons, valueWidth };
}

/** Views of the two parts of all strips and of their exponents; valid until the next allocation. */
function viewStrips({ arena }: Kernels, { pointer, neurons, valueWidth }: Synapses) {
  const strips = Math.ceil(neurons / stripWidth);
  const size = strips * stripWidth * (valueWidth + 1);
  const [sum = 0, rest = 0, exponents = 0] = arena.viewIntegers(pointer + 8, 3);
  return {
    sum: arena.viewFloats(sum >>> 0, size),
    rest: arena.viewFloats(rest >>> 0, size),
    exponents: arena.viewIntegers(exponents >>> 0, strips),
  };
}

/** The largest exponent of the strips: the unit in which H and g are given. */
export function synapsesExponent(kernels: Kernels, synapses: Synapses): number {
  return viewStrips(kernels, synapses).exponents.reduce((a, b) => Math.max(a, b), absent);
}

/** Copies H and g out. */
export function readSynapses(kernels: Kernels, synapses: Synapses): SynapsesRead {
  const { neurons, valueWidth } = synapses;
  const { sum, exponents } = viewStrips(kernels, synapses);
  const exponent = exponents.reduce((a, b) => Math.max(a, b), absent);
  const rows = valueWidth + 1;
  const all = new Float32Array(rows * neurons);
  for (let r = 0; r < neurons; r++) {
    const strip = Math.floor(r / stripWidth);
    const shift = (exponents[strip] as number) - exponent;
    for (let j = 0; j < rows; j++) {
      const at = (strip * rows + j) * stripWidth + (r % stripWidth);
      all[j * neurons + r] = scaleByPowerOfTwo(sum[at] as number, shift);
    }
  }
  const end = valueWidth * neurons;
  return { H: all.slice(0, end), g: all.slice(end), exponent };
}

/** Copies everything out that `restoreSynapses` needs. */
export function saveSynapses(kernels: Kernels, synapses: Synapses): HeadState {
  const { sum, rest, exponents } = viewStrips(kernels, synapses);
  return {
    kind: 'astrocyte',
    arrays: {
      synapses: sum.slice(),
      rest: rest.slice(),
      exponents: Float32Array.from(exponents),
      shape: Float32Array.of(synapses.neurons, synapses.valueWidth),
    },
    exponent: synapsesExponent(kernels, synapses),
  };
}

/** Replaces synapses by saved ones. Throws `BAD_INPUT` where they are of another head. */
export function restoreSynapses(kernels: Kernels, synapses: Synapses, state: HeadState): void {
  const { kind, arrays } = state;
  const { sum, rest, exponents } = viewStrips(kernels, synapses);
  const fits =
    kind === 'astrocyte' &&
    Number.isInteger(state.exponent) &&
    arrays.shape?.[0] === synapses.neurons &&
    arrays.shape[1] === synapses.valueWidth &&
    arrays.synapses?.length === sum.length &&
    arrays.rest?.length === rest.length &&
    arrays.exponents?.length === exponents.length &&
    arrays.exponents.every(Number.isInteger);
  if (!fits) {
    throw new TripartiteError(
      'BAD_INPUT',
      `state is of a head of kind ${kind} with ${arrays.synapses?.length ?? 0} synapses; this astrocyte head has ${sum.length}`,
    );
  }
  sum.set(arrays.synapses as Float32Array);
  rest.set(arrays.rest as Float32Array);
  exponents.set(arrays.exponents as Float32Array);
}
