// Scratch memory: one size that suffices for whatever a thread runs.
import { writeScratch } from './astrocyte';
import { GEMM_SCRATCH } from './gemm';
import { readScratch } from './reading';
import { softmaxScratch } from './softmax-attention';

// Bytes of scratch memory of `gemm`, `linear`, and of reading and writing a head of these widths; the functions that
// hold a whole head or a block of a stream in scratch memory say themselves what they need
export function scratchBytes(width: i32, valueWidth: i32, neurons: i32): f64 {
  const head = max(writeScratch(width, valueWidth), readScratch(width, valueWidth, neurons));
  return max(<f64>GEMM_SCRATCH, max(head, softmaxScratch(width, valueWidth)));
}
