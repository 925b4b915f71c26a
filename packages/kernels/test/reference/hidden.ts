import type { activations } from '@tripartite/kernels';

/** φ(z) by name, in float64; a common factor apart from z, so that exponentials stay in range. */
export const phi: Record<keyof typeof activations, (z: number, logFactor: number) => number> = {
  exponential: (z, l) => Math.exp(z + l),
  cosine: (z, l) => Math.cos(z) * Math.exp(l),
  'positive-cosine': (z, l) => Math.max(0, Math.cos(z)) * Math.exp(l),
  'clipped-exponential': (z, l) => Math.exp(Math.min(z, Math.log(150)) + l),
  'clipped-sine': (z, l) => (Math.abs(z) <= Math.PI / 2 ? Math.sin(z) : Math.sign(z)) * Math.exp(l),
  linear: (z, l) => z * Math.exp(l),
  elu: (z, l) => (z > 0 ? z + 1 : Math.exp(z)) * Math.exp(l),
  relu: (z, l) => Math.max(0, z) * Math.exp(l),
};
