import { hiddenLayer } from '../../../src/hidden/create.js';
import type { FittedHidden } from '../../../src/hidden/fitted/fitted-hidden.js';
import type { HiddenInput, LayerShape, WeightedLayer } from '../../../src/hidden/hidden-layer.js';
import { createGenerator } from '../../../src/random/generator.js';
import { randomStatistics } from '../../attention/data.js';

/** Two sides with weights of their own, every field set. */
function drawHead(stream: string, neurons: number, width: number): WeightedLayer {
  const generator = createGenerator(3, 'made', stream);
  const draw = (length: number, size: number) =>
    Float32Array.from({ length }, () => size * generator.normal());
  const side = (constant: number, norm: number): HiddenInput => ({
    centre: draw(width, 1),
    map: draw(width * width, 0.3),
    weights: draw(neurons * width, 0.4),
    bias: draw(neurons, 1),
    shift: 0,
    norm,
    gain: draw(width, 0.5),
    constant,
  });
  const [query, key] = [side(-0.25, 0), side(0.5, -0.375)];
  return { kind: 'learned', neurons, width, activation: 'exponential', signed: false, query, key };
}

/** What is said of every layer made here. */
const facts = {
  model: 'tiny',
  modelHash: 'a1b2c3'.padEnd(64, '0'),
  dataHash: 'd4e5f6'.padEnd(64, '0'),
  inputs: 12,
  seed: 7,
  settings: { steps: 100, peakRate: 0.015, schedule: 'one-cycle', perHead: false },
  quality: { loss: 0.125, cosine: 0.97 },
};

/** A `learned` layer of random numbers: φ_q ≠ φ_k. */
export function madeLearned(layers: readonly LayerShape[], neurons = 6): FittedHidden {
  return {
    ...facts,
    kind: 'learned',
    neurons,
    shared: false,
    layers: layers.map(({ heads, headWidth }, layer) =>
      Array.from({ length: heads }, (_, head) => drawHead(`${layer}.${head}`, neurons, headWidth)),
    ),
  };
}

/** `matched` on random moments: one φ for queries and keys. */
export function madeShared(layers: readonly LayerShape[], neurons = 6): FittedHidden {
  return {
    ...facts,
    kind: 'matched',
    neurons,
    shared: true,
    layers: layers.map(({ heads, headWidth: width }, layer) =>
      Array.from({ length: heads }, (_, head) => {
        const statistics = randomStatistics(1 + layer + 10 * head, width);
        return hiddenLayer({ neurons, width, statistics }) as WeightedLayer;
      }),
    ),
  };
}

/** An encoder of two layers and a decoder of one, of another width. */
export const tinyLayers: readonly LayerShape[] = [
  { stack: 'encoder', heads: 2, headWidth: 4 },
  { stack: 'encoder', heads: 2, headWidth: 4 },
  { stack: 'decoder', heads: 3, headWidth: 5 },
];
