import { type Kernels, ownScratch, type Pointer } from '@tripartite/kernels';
import type { HiddenLayer } from '../hidden/hidden-layer.js';
import { placeLayer } from './excitation.js';
import { gateSigned } from './gate.js';
import { astrocyteResponses } from './responses.js';
import type { Mechanism, Responses, Rows } from './rows.js';
import { divideRows } from './shares.js';
import { placeSynapses, type Synapses } from './synapses.js';

/** Tokens of a causal block, and the most floats that a block's hidden activity may take. */
const causalRows = 120;
const causalFloats = 1 << 22;
/** Queries that stand in the lanes, and neurons of a strip of synapses. */
const lanes = 8;

/** A neuron–astrocyte mechanism, with its synapses readable. */
export interface AstrocyteMechanism extends Mechanism {
  readonly synapses: Synapses;
  /** The synapses were changed from outside. */
  touch(): void;
}

/**
 * The neuron–astrocyte mechanism (Kozachkov et al. 2023): H += v φ(k)ᵀ, g += φ(k) while writing;
 * y = H φ(q) / (g·φ(q)) while reading. Φ(K) is never stored whole: tokens pass in blocks, and memory does not
 * depend on their number. Threads share the neurons while writing and the queries while reading.
 */
export function createAstrocyte(
  kernels: Kernels,
  layer: HiddenLayer,
  valueWidth: number,
  scale: number,
): AstrocyteMechanism {
  const { arena } = kernels;
  const { neurons, signed } = layer;
  const { query, key, width, enter } = placeLayer(kernels, layer, scale);
  const synapses = placeSynapses(kernels, neurons, valueWidth);
  const at = synapses.pointer;
  const strips = Math.ceil(neurons / lanes);
  const scratchBytes = kernels.scratchBytes(width, valueWidth, neurons);
  const perToken = neurons * (width + valueWidth + 2);
  const causalBlock = Math.max(lanes, Math.min(causalRows, Math.floor(causalFloats / neurons)));
  let packed = false;

  const pack = (): void => {
    if (!packed) kernels.packSynapses(at);
    packed = true;
  };

  /** Runs `ask` with room for responses, which it copies out, and gates what a signed φ left ungated. */
  const answer = (out: Rows, ask: (responses: Pointer, exponents: Pointer) => void): Responses => {
    const { rows } = out;
    const responses = arena.floats(rows);
    const exponents = arena.floats(rows);
    ask(responses, exponents);
    const response = arena.viewFloats(responses, rows).slice();
    const units = arena.viewIntegers(exponents, rows).slice();
    const all = astrocyteResponses(response, units);
    // In the responses' memory, which is copied: once tokens are written, nothing may ask for more.
    if (signed) gateSigned(kernels, out, valueWidth, response, units, all, responses);
    return all;
  };

  /** Frees what `work` allocates. */
  const freeing = <T>(work: () => T): T => {
    const mark = arena.mark();
    const result = work();
    arena.release(mark);
    return result;
  };

  return {
    synapses,
    touch() {
      packed = false;
    },
    begin() {
      kernels.clearSynapses(at, valueWidth, neurons);
      packed = false;
    },
    reserve() {},

    write(keys, values, mask) {
      packed = false;
      freeing(() => {
        const { rows } = keys;
        const k = enter(keys, mask);
        const shares = divideRows(kernels, strips, 1, rows * perToken);
        kernels.run(
          shares.map(({ first, last }) => [
            'writeTokens',
            at,
            key,
            k.pointer,
            k.stride,
            values.pointer,
            values.stride,
            mask,
            rows,
            first,
            last,
            ownScratch,
          ]),
          scratchBytes,
        );
      });
    },

    read(queries, out) {
      pack();
      return freeing(() => {
        const { rows } = queries;
        const q = enter(queries, 0);
        return answer(out, (responses, exponents) => {
          const shares = divideRows(kernels, rows, lanes, rows * perToken, 4);
          kernels.run(
            shares.map(({ first, last }) => [
              'readTokens',
              out.pointer + first * out.stride * 4,
              out.stride,
              responses + first * 4,
              exponents + first * 4,
              at,
              query,
              q.pointer + first * q.stride * 4,
              q.stride,
              last - first,
              !signed,
              ownScratch,
            ]),
            scratchBytes,
          );
        });
      });
    },

    stream(queries, keys, values, out, mask) {
      packed = false;
      return freeing(() => {
        const q = enter(queries, 0);
        const k = enter(keys, mask);
        const activity = arena.floats((causalBlock + lanes) * strips * lanes);
        return answer(out, (responses, exponents) => {
          kernels.run(
            [
              [
                'streamTokens',
                out.pointer,
                out.stride,
                responses,
                exponents,
                at,
                query,
                key,
                q.pointer,
                q.stride,
                k.pointer,
                k.stride,
                values.pointer,
                values.stride,
                mask,
                queries.rows,
                !signed,
                causalBlock,
                activity,
                ownScratch,
              ],
            ],
            kernels.streamScratch(width, valueWidth, neurons, causalBlock),
          );
        });
      });
    },
  };
}
