// The ABI of the attention module: exports only. Pointers are byte addresses, sizes are counts of elements.

export { accumulate, causalWeights, largestExponent, rescale, stretchValues } from './astrocyte';
export { add, exp, gelu, relu, sin, tanh } from './elementwise';
export { gemm, gemmScratchBytes } from './gemm';
export { excite } from './hidden';
export { layerNorm } from './normalise';
export {
  fillRows,
  gateRows,
  quadraticForm,
  scaleRows,
  transpose,
} from './rows';
export { softmaxRows } from './softmax';

/** First byte of memory that the module's own constants do not use. */
export function heapBase(): usize {
  return __heap_base;
}
