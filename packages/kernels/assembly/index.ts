// The ABI of the attention module: exports only. Pointers are byte addresses, sizes are counts of elements.

export {
  memoryScratchBytes32,
  memoryScratchBytes64,
  memorySteps32,
  memorySteps64,
} from './associative-memory';
export { writeTokens } from './astrocyte';
export { streamScratch, streamTokens } from './causal';
export { add, exp, gelu, relu, sin, tanh } from './elementwise';
export { exp64, tanh64 } from './elementwise64';
export { gemm } from './gemm';
export { learnHead, learnHeadScratch } from './learn-head';
export { linear, packedWeightsBytes, packWeights, unpackWeights } from './linear';
export { logSumExpRows, logSumExpRows64 } from './log-sum-exp';
export { log } from './logarithm';
export { layerNorm } from './normalise';
export { adamStep } from './optimiser';
export { packLanePanels, packRowPanels, panelBytes } from './panels';
export { readTokens } from './reading';
export {
  geluReverse,
  layerNormReverse,
  reluReverse,
  sumRows,
  tanhReverse,
} from './reverse';
export { gateRows, meanRows, scaleRows } from './rows';
export { scratchBytes } from './scratch';
export { softmaxRows } from './softmax';
export { readSoftmax } from './softmax-attention';
export { cacheTokens, keyCacheBytes, recallTokens, valueCacheBytes } from './softmax-cache';
export { clearSynapses, packSynapses, synapsesBytes } from './synapses';
export { tunedBytes, tuneHead, tuneHeadReverse, tuneScratch } from './tune-head';
export { astrocyteHead, astrocyteHeadScratch, softmaxHead, softmaxHeadScratch } from './whole';

/** First byte of memory that the module's own constants do not use. */
export function heapBase(): usize {
  return __heap_base;
}
