// Whole heads in one call, memory and all: what a transformer runs, one call a head and input, so that threads may
// share them.
import { writeScratch, writeTokens } from './astrocyte';
import { HiddenInput } from './hidden-input';
import { readScratch, readTokens } from './reading';
import { readSoftmax, softmaxScratch } from './softmax-attention';
import { cacheTokens, keyCacheBytes, valueCacheBytes } from './softmax-cache';
import { clearSynapses, packSynapses, synapsesBytes } from './synapses';

// Bytes of scratch memory of `softmaxHead`
export function softmaxHeadScratch(tokens: i32, width: i32, valueWidth: i32): f64 {
  return (
    keyCacheBytes(tokens, width) +
    valueCacheBytes(tokens, valueWidth) +
    softmaxScratch(width, valueWidth)
  );
}

// out (rows,valueWidth) = softmax attention of q, k (rows,width), v (rows,valueWidth), all rows `stride` apart, with
// sums and maxima (rows)
export function softmaxHead(
  out: usize,
  outStride: i32,
  sums: usize,
  maxima: usize,
  q: usize,
  k: usize,
  v: usize,
  stride: i32,
  scale: f32,
  rows: i32,
  width: i32,
  valueWidth: i32,
  scratch: usize,
): void {
  const keys = scratch;
  const values = keys + <usize>keyCacheBytes(rows, width);
  const rest = values + <usize>valueCacheBytes(rows, valueWidth);
  cacheTokens(keys, values, k, stride, v, stride, 0, scale, 0, rows, width, valueWidth);
  readSoftmax(
    out,
    outStride,
    sums,
    maxima,
    keys,
    values,
    0,
    -1,
    q,
    stride,
    scale,
    rows,
    rows,
    width,
    valueWidth,
    rest,
  );
}

// Bytes of scratch memory of `astrocyteHead`
export function astrocyteHeadScratch(width: i32, valueWidth: i32, neurons: i32): f64 {
  const rest = max(writeScratch(width, valueWidth), readScratch(width, valueWidth, neurons));
  return synapsesBytes(valueWidth, neurons) + rest;
}

// out (rows,valueWidth) = neuron–astrocyte attention of q, k (rows,width), v (rows,valueWidth), all rows `stride` apart,
// with responses (rows) and exponents (rows, i32); `gate` as of `readTokens`
export function astrocyteHead(
  out: usize,
  outStride: i32,
  responses: usize,
  exponents: usize,
  query: usize,
  key: usize,
  q: usize,
  k: usize,
  v: usize,
  stride: i32,
  rows: i32,
  valueWidth: i32,
  gate: bool,
  scratch: usize,
): void {
  const neurons = changetype<HiddenInput>(key).neurons;
  const synapses = scratch;
  const rest = synapses + <usize>synapsesBytes(valueWidth, neurons);
  clearSynapses(synapses, valueWidth, neurons);
  writeTokens(synapses, key, k, stride, v, stride, 0, rows, 0, (neurons + 7) >> 3, rest);
  packSynapses(synapses);
  readTokens(out, outStride, responses, exponents, synapses, query, q, stride, rows, gate, rest);
}
