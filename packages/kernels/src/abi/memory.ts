import type { Pointer } from './pointer.js';

/** The neuron–astrocyte associative memory (Kozachkov, Slotine, Krotov, PNAS 2025). */
export interface MemoryFunctions {
  /**
   * x (n), s (n,n), p (n,n) ← `steps` Euler steps of the neuron–astrocyte associative memory, float32; patterns
   * (count,n); inputs b (n), c (n,n), d (n,n), 0 for none; parameters, float64, as in `memoryParameters`. Three
   * steps keep within 2e-6 of the largest value.
   */
  memorySteps32(
    x: Pointer,
    s: Pointer,
    p: Pointer,
    patterns: Pointer,
    b: Pointer,
    c: Pointer,
    d: Pointer,
    parameters: Pointer,
    steps: number,
    n: number,
    count: number,
    scratch: Pointer,
  ): void;
  /** `memorySteps32` with every array in float64; three steps keep within 1e-14 of the largest value. */
  memorySteps64(
    x: Pointer,
    s: Pointer,
    p: Pointer,
    patterns: Pointer,
    b: Pointer,
    c: Pointer,
    d: Pointer,
    parameters: Pointer,
    steps: number,
    n: number,
    count: number,
    scratch: Pointer,
  ): void;
  /** Bytes of scratch memory for `memorySteps32`. */
  memoryScratchBytes32(n: number, count: number): number;
  /** Bytes of scratch memory for `memorySteps64`. */
  memoryScratchBytes64(n: number, count: number): number;
}

/**
 * The parameters of the associative memory, in the order of their table: β of tanh(β·); rates of decay λ of
 * neurons, α of synapses, γ of astrocyte processes; κ, which scales g(s) in p′ (1 normally); times τ_n, τ_s, τ_p
 * and the step dt, in one unit.
 */
export const memoryParameters = [
  'beta',
  'lambda',
  'alpha',
  'gamma',
  'kappa',
  'tauN',
  'tauS',
  'tauP',
  'dt',
] as const;
