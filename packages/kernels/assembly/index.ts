// The ABI of the attention module: exports only. Pointers are byte addresses, sizes are counts of elements.

export {
  memoryScratchBytes32,
  memoryScratchBytes64,
  memorySteps32,
  memorySteps64,
} from './associative-memory';
export { accumulate, causalWeights, largestExponent, rescale, stretchValues } from './astrocyte';
export { add, exp, gelu, relu, sin, tanh } from './elementwise';
export { exp64, tanh64 } from './elementwise64';
export { gemm, gemmScratchBytes } from './gemm';
export { excite } from './hidden';
export { logSumExpRows, logSumExpRows64 } from './log-sum-exp';
export { log } from './logarithm';
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
