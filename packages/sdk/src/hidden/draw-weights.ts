import type { Generator } from '../random/generator.js';
import { antitheticRows, gaussianRows, orthogonalRows } from '../random/orthogonal.js';
import { sobolNormalRows } from '../random/sobol.js';
import type { Sampling } from './hidden-layer.js';

type Draw = (generator: Generator, rows: number, width: number) => Float64Array;

const draws: Record<Sampling, Draw> = {
  iid: gaussianRows,
  orthogonal: orthogonalRows,
  antithetic: antitheticRows,
  sobol: sobolNormalRows,
};

/**
 * Weights (neurons, width) whose rows are N(0, I) each: independent, in orthogonal blocks (Choromanski et al.
 * 2021), in pairs w, −w, or from a scrambled Sobol sequence.
 */
export function drawWeights(
  generator: Generator,
  sampling: Sampling,
  neurons: number,
  width: number,
): Float64Array {
  return draws[sampling](generator, neurons, width);
}

/** Phases (neurons), uniform on [0, 2π). */
export function drawPhases(generator: Generator, neurons: number): Float32Array {
  return Float32Array.from({ length: neurons }, () => 2 * Math.PI * generator.uniform());
}
