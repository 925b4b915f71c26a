import type { activations } from '@tripartite/kernels';

/** Names of the activations. */
export type Name = keyof typeof activations;

/** φ(z) · exp(logFactor) by name, in float64; a common factor apart from z, so that exponentials stay in range. */
export const phi: Record<Name, (z: number, logFactor: number) => number> = {
  exponential: (z, l) => Math.exp(z + l),
  cosine: (z, l) => Math.cos(z) * Math.exp(l),
  'positive-cosine': (z, l) => Math.max(0, Math.cos(z)) * Math.exp(l),
  'clipped-exponential': (z, l) => Math.exp(Math.min(z, Math.log(150)) + l),
  'clipped-sine': (z, l) => (Math.abs(z) <= Math.PI / 2 ? Math.sin(z) : Math.sign(z)) * Math.exp(l),
  linear: (z, l) => z * Math.exp(l),
  elu: (z, l) => (z > 0 ? z + 1 : Math.exp(z)) * Math.exp(l),
  relu: (z, l) => Math.max(0, z) * Math.exp(l),
};

/** One side of a hidden layer, see `HiddenInput` in assembly/hidden-input.ts. */
export interface Layer {
  readonly width: number;
  readonly neurons: number;
  readonly activation: Name;
  readonly scale: number;
  readonly constant: number;
  readonly norm: number;
  readonly shift: number;
  /** (neurons,width); nothing: tokens are activities already. */
  readonly weights?: Float32Array;
  readonly bias: Float32Array;
  readonly map?: Float32Array;
  readonly centre?: Float32Array;
  readonly gain?: Float32Array;
}

/**
 * Activity of one token: values · exp(log). `sizes`, at least |values|, is what rounding to float32 acts on: the
 * sizes of all terms of z and of the log factor, through the slope of φ.
 */
export interface Activity {
  readonly log: number;
  readonly values: Float64Array;
  readonly sizes: Float64Array;
}

/** Largest size and steepest slope of φ at z, both as multiples of exp(log). */
function steepness(name: Name, value: number): [size: number, slope: number] {
  if (name.endsWith('exponential')) return [value, value];
  if (name === 'elu') return [value, Math.min(1, value)];
  // Sine and cosine have an absolute error.
  if (name.includes('sine')) return [1, 1];
  return [Math.abs(value), 1];
}

/** Activity of one token of a layer. */
export function activity(layer: Layer, token: ArrayLike<number>): Activity {
  const { width, neurons, activation, scale, weights, map, centre, gain } = layer;
  if (!weights) {
    const values = Float64Array.from({ length: neurons }, (_, r) => token[r] as number);
    return { log: 0, values, sizes: values.map(Math.abs) };
  }
  let log = layer.constant;
  let logSize = Math.abs(layer.constant);
  const centred = new Float64Array(width);
  const centredSize = new Float64Array(width);
  for (let k = 0; k < width; k++) {
    const x = (token[k] as number) * scale;
    log += x * (gain?.[k] ?? 0);
    logSize += Math.abs(x * (gain?.[k] ?? 0));
    centred[k] = x - (centre?.[k] ?? 0);
    centredSize[k] = Math.abs(x) + Math.abs(centre?.[k] ?? 0);
  }
  const mapped = map ? new Float64Array(width) : centred;
  const mappedSize = map ? new Float64Array(width) : centredSize;
  for (let i = 0; map && i < width; i++) {
    for (let k = 0; k < width; k++) {
      const weight = map[i * width + k] as number;
      mapped[i] = (mapped[i] as number) + weight * (centred[k] as number);
      mappedSize[i] = (mappedSize[i] as number) + Math.abs(weight) * (centredSize[k] as number);
    }
  }
  const square = mapped.reduce((sum, x) => sum + x * x, 0);
  const squareSize = 2 * mappedSize.reduce((sum, x) => sum + x * x, 0);
  log += layer.norm * square;
  logSize += Math.abs(layer.norm) * squareSize;
  const z = new Float64Array(neurons);
  const zSize = new Float64Array(neurons);
  for (let r = 0; r < neurons; r++) {
    let sum = (layer.bias[r] as number) + layer.shift * square;
    let size = Math.abs(layer.bias[r] as number) + Math.abs(layer.shift) * squareSize;
    for (let k = 0; k < width; k++) {
      const weight = weights[r * width + k] as number;
      sum += weight * (mapped[k] as number);
      size += Math.abs(weight) * (mappedSize[k] as number);
    }
    z[r] = sum;
    zSize[r] = size;
  }
  const top = activation.endsWith('exponential') ? z.reduce((a, b) => Math.max(a, b)) : 0;
  const values = z.map((x) => phi[activation](x, -top));
  const sizes = values.map((value, r) => {
    const [size, slope] = steepness(activation, value);
    return size * (1 + logSize) + slope * (zSize[r] as number);
  });
  return { log: log + top, values, sizes };
}
