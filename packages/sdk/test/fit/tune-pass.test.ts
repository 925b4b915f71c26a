import type { Pointer } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import { twinAttend } from '../../src/compare/twin.js';
import { openEngine } from '../../src/engine.js';
import { type HeadFit, headLayer, placeHeadFit } from '../../src/fit/head-fit.js';
import { placeMaps } from '../../src/fit/head-tokens.js';
import { recordForward } from '../../src/fit/reverse/recording.js';
import { placeReverseWeights } from '../../src/fit/reverse/reverse-weights.js';
import { createTunePass } from '../../src/fit/tune-pass.js';
import type { HeadStatistics } from '../../src/hidden/statistics.js';
import { createGenerator } from '../../src/random/generator.js';
import { forward } from '../../src/transformer/forward.js';
import type { Model } from '../../src/transformer/model.js';
import { largestDifference, largestValue } from '../transformer/differences.js';
import { similarityOf } from './naive-neurons.js';
import { naivePass } from './naive-plan.js';
import { placeTiny, tinyCases } from './tiny-plans.js';

/** Means and covariances that no draw would give: neither is the identity. */
function someStatistics(width: number, seed: number): HeadStatistics {
  const generator = createGenerator(seed, 'statistics');
  const mean = () => Float64Array.from({ length: width }, () => 0.3 * generator.normal());
  const covariance = () => {
    const root = Float64Array.from({ length: width * width }, () => 0.5 * generator.normal());
    return root.map((_, at) => {
      const [i, j] = [Math.floor(at / width), at % width];
      let sum = i === j ? 0.5 : 0;
      for (let l = 0; l < width; l++)
        sum += (root[i * width + l] ?? 0) * (root[j * width + l] ?? 0);
      return sum;
    });
  };
  return {
    queryMean: mean(),
    keyMean: mean(),
    queryCovariance: covariance(),
    keyCovariance: covariance(),
  };
}

const cases = Object.entries(tinyCases).flatMap(([name, tiny]) =>
  // The painter takes seconds in float64, and one φ is the same there as elsewhere.
  (name === 'vit_mae' ? [false] : [false, true]).map((shared) => ({ name, tiny, shared })),
);

describe.each(cases)(
  'heads that are tuned in a small $name, one φ: $shared',
  async ({ tiny, shared }) => {
    const engine = await openEngine();
    const { kernels } = engine;
    const { arena } = kernels;
    const { plan, inputs, tensors } = tiny;
    const model = placeTiny(engine, tiny);
    const neurons = 5;
    const blocks = plan.steps.flatMap((step) => (step.op === 'block' ? [step.block] : []));
    const fits: HeadFit[] = blocks.flatMap(({ heads, headWidth: width }, layer) =>
      Array.from({ length: heads }, (_, head) =>
        placeHeadFit(
          kernels,
          { layer, head, width },
          someStatistics(width, 10 * layer + head),
          neurons,
          shared,
        ),
      ),
    );
    fits.forEach(({ parameters, layout, shape }, at) => {
      const generator = createGenerator(5, 'parameters', at);
      const row = arena.viewFloats(parameters, layout.length);
      for (let i = 0; i < row.length; i++) row[i] = 0.5 * generator.normal();
      for (let l = 0; l < shape.width; l++) row[layout.curvature + l] = 0.3 + 0.1 * l;
    });
    const maps = placeMaps(kernels, fits);
    const gradients = fits.map(({ layout }) => arena.floats(inputs.length * layout.length));
    const weights = placeReverseWeights(model);
    const pass = createTunePass(model, fits, maps, gradients);
    const exact = Object.fromEntries(
      Object.entries(tensors).map(([name, { data }]) => [name, data]),
    );

    it('give the outputs that the layers they describe give in a twin', async () => {
      const recording = recordForward(model, weights, inputs, pass);
      recording.release();
      const layers = fits.map((fit) => headLayer(kernels, fit, 'learned'));
      const attend = twinAttend(model, {
        source: ({ layer, head }) => {
          const at = fits.findIndex(({ place }) => place.layer === layer && place.head === head);
          return layers[at] as (typeof layers)[number];
        },
        seed: 1,
        swapped: () => true,
      });
      const twins = await forward(model as Model, inputs, { attend });
      twins.forEach((twin, item) => {
        const own = recording.outputs[item] as Float32Array;
        expect(largestDifference(own, twin) / largestValue(twin)).toBeLessThan(2e-5);
      });
    });

    it('get the gradient that central differences in float64 give, along two directions a head', () => {
      const probes = recordForward(model, weights, inputs, pass);
      const generator = createGenerator(6, 'probe');
      const slopes = probes.outputs.map(({ length }) =>
        Float32Array.from({ length }, () => generator.normal()),
      );
      probes.reverse({ outputs: slopes });
      probes.release();
      const rows = fits.map(({ parameters, layout }) =>
        Float64Array.from(arena.viewFloats(parameters, layout.length)),
      );
      const gains = blocks.map(({ heads }) => Array.from({ length: heads }, () => 1));
      const loss = (): number =>
        inputs.reduce((sum, input, item) => {
          const { output } = naivePass(
            plan,
            {
              tensors: exact,
              gains,
              similarity(layer, head, q, k) {
                const at = fits.findIndex(
                  ({ place }) => place.layer === layer && place.head === head,
                );
                return similarityOf(fits[at] as HeadFit, rows[at] as Float64Array, q, k);
              },
            },
            input,
          );
          const slope = slopes[item] as Float32Array;
          return sum + output.flat().reduce((own, y, i) => own + y * (slope[i] as number), 0);
        }, 0);
      const errors = fits.map(({ layout }, at) => {
        const row = rows[at] as Float64Array;
        const found = inputs
          .map((_, item) =>
            arena
              .viewFloats((gradients[at] as Pointer) + 4 * item * layout.length, layout.length)
              .slice(),
          )
          .reduce((sum, own) => sum.map((g, i) => g + (own[i] as number)));
        // Along the gradient itself, and along a random direction: two slopes a head tell of every parameter.
        const random = createGenerator(7, 'direction', at);
        const directions = [found, found.map(() => random.normal())];
        const size = Math.sqrt(found.reduce((sum, g) => sum + g * g, 0));
        return directions.map((direction) => {
          const length = Math.sqrt(direction.reduce((sum, g) => sum + g * g, 0));
          const unit = Float64Array.from(direction, (d) => d / (length || 1));
          const move = (by: number) => {
            unit.forEach((u, i) => {
              row[i] = (row[i] as number) + by * u;
            });
          };
          const step = 1e-5;
          move(step);
          const above = loss();
          move(-2 * step);
          const below = loss();
          move(step);
          const slope = unit.reduce((sum, u, i) => sum + u * (found[i] as number), 0);
          return Math.abs((above - below) / (2 * step) - slope) / (size || 1);
        });
      });
      expect(Math.max(...errors.flat())).toBeLessThan(1e-4);
    });
  },
);
