// The ABI of the attention module: exports only. Pointers are byte addresses, sizes are counts of elements.

export { writeTokens } from './astrocyte';
export { streamScratch, streamTokens } from './causal';
export { add, exp, gelu, relu, sin, tanh } from './elementwise';
export { gemm } from './gemm';
export { linear, packedWeightsBytes, packWeights } from './linear';
export { layerNorm } from './normalise';
export { packLanePanels, packRowPanels, panelBytes } from './panels';
export { readTokens } from './reading';
export { gateRows, scaleRows } from './rows';
export { scratchBytes } from './scratch';
export { softmaxRows } from './softmax';
export {
  cacheTokens,
  keyCacheBytes,
  readSoftmax,
  recallTokens,
  valueCacheBytes,
} from './softmax-attention';
export { clearSynapses, packSynapses, synapsesBytes } from './synapses';
export { astrocyteHead, astrocyteHeadScratch, softmaxHead, softmaxHeadScratch } from './whole';

/** First byte of memory that the module's own constants do not use. */
export function heapBase(): usize {
  return __heap_base;
}
