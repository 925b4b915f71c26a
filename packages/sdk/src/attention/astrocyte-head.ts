import { TripartiteError } from '../errors.js';
import { withinMemory } from '../memory.js';
import { arrayCalls, completeOptions, openKernels } from './array-calls.js';
import { createAstrocyte } from './astrocyte.js';
import type { AstrocyteHead, AstrocyteHeadOptions } from './head.js';

/**
 * A head of neurons and astrocytes with kernels and memory of its own; of constant size, whatever is written.
 * `await compileKernels()` (or `loadModel`) must have been called once before. Throws `BAD_INPUT` for bad
 * widths, `BAD_SHAPE` where the hidden layer is for another width, `OUT_OF_MEMORY`.
 */
export function astrocyteHead(options: AstrocyteHeadOptions): AstrocyteHead {
  const { width, valueWidth, scale } = completeOptions(options);
  const { hidden } = options;
  if (!hidden)
    throw new TripartiteError('BAD_INPUT', 'hidden is missing; a hidden layer is needed');
  if (hidden.width !== width) {
    throw new TripartiteError(
      'BAD_SHAPE',
      `hidden layer is for width ${hidden.width} but the head has width ${width}; they must match`,
    );
  }
  const kernels = openKernels();
  const { arena } = kernels;
  const mechanism = withinMemory('head', () => createAstrocyte(kernels, hidden, valueWidth, scale));
  const { synapses } = mechanism;
  const { neurons } = hidden;
  const columns = valueWidth + 1;
  const size = neurons * columns;
  mechanism.begin();

  /** Columns of the synapses, each as a row of `neurons` values. */
  const copyColumns = (first: number, count: number): Float32Array => {
    const all = arena.viewFloats(synapses.sum, size);
    const out = new Float32Array(count * neurons);
    for (let j = 0; j < count; j++) {
      for (let r = 0; r < neurons; r++) out[j * neurons + r] = all[r * columns + first + j] ?? 0;
    }
    return out;
  };

  const head: AstrocyteHead = {
    width,
    valueWidth,
    hidden,
    ...arrayCalls(kernels, mechanism, width, valueWidth),
    // Getters: the synapses are copied only when somebody looks.
    get H() {
      return copyColumns(0, valueWidth);
    },
    get g() {
      return copyColumns(valueWidth, 1);
    },
    get exponent() {
      return synapses.exponent;
    },
    save: () => ({
      kind: 'astrocyte',
      arrays: {
        synapses: arena.viewFloats(synapses.sum, size).slice(),
        rest: arena.viewFloats(synapses.rest, size).slice(),
      },
      exponent: synapses.exponent,
    }),
    restore({ kind, arrays, exponent }) {
      const { synapses: sum, rest } = arrays;
      const fits = sum?.length === size && rest?.length === size && Number.isInteger(exponent);
      if (kind !== 'astrocyte' || !fits) {
        throw new TripartiteError(
          'BAD_INPUT',
          `state is of a head of kind ${kind} with ${sum?.length ?? 0} synapses; this astrocyte head has ${size}`,
        );
      }
      arena.viewFloats(synapses.sum, size).set(sum);
      arena.viewFloats(synapses.rest, size).set(rest);
      synapses.exponent = exponent;
    },
    clone() {
      const twin = astrocyteHead(options);
      twin.restore(head.save());
      return twin;
    },
  };
  return head;
}
