import { TripartiteError } from '../errors.js';
import { withinMemory } from '../memory.js';
import { checkFree } from '../turns.js';
import { arrayCalls, completeOptions, headKernels } from './array-calls.js';
import { createAstrocyte } from './astrocyte.js';
import type { AstrocyteHead, AstrocyteHeadOptions } from './head.js';
import { readSynapses, restoreSynapses, saveSynapses, synapsesExponent } from './synapses.js';

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
  const kernels = headKernels(options);
  checkFree(kernels);
  const mechanism = withinMemory('head', () => createAstrocyte(kernels, hidden, valueWidth, scale));
  const { synapses } = mechanism;

  const head: AstrocyteHead = {
    width,
    valueWidth,
    hidden,
    ...arrayCalls(kernels, mechanism, width, valueWidth),
    // Getters: the synapses are copied only when somebody looks.
    get H() {
      return readSynapses(kernels, synapses).H;
    },
    get g() {
      return readSynapses(kernels, synapses).g;
    },
    get exponent() {
      return synapsesExponent(kernels, synapses);
    },
    save: () => saveSynapses(kernels, synapses),
    restore(state) {
      restoreSynapses(kernels, synapses, state);
      mechanism.touch();
    },
    clone() {
      const twin = astrocyteHead(options);
      twin.restore(head.save());
      return twin;
    },
  };
  return head;
}
