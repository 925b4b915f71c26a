import type { Sampling } from '../hidden/hidden-layer.js';
import { median, relativeError } from '../numeric/statistics.js';
import { type ModelInput, prepareInput } from '../transformer/inputs.js';
import { checkAborted, type Model } from '../transformer/model.js';
import { interpret } from '../transformer/results.js';
import { readPlaces } from '../transformer/traces.js';
import { type CompareOptions, runBaseline, sourceFor } from './compare.js';
import type { NeuronSweepPoint } from './comparison.js';
import { runHead } from './head-run.js';
import { compareOutputs } from './outputs.js';
import { runTwin } from './twin.js';

/** What `sweepNeurons` varies. */
export interface SweepOptions
  extends Pick<CompareOptions, 'swap' | 'calibration' | 'signal' | 'onProgress'> {
  /** Kinds of hidden layer. */
  readonly kinds: readonly string[];
  /** Numbers of hidden neurons. */
  readonly neurons: readonly number[];
  readonly seeds: readonly number[];
  /** How weights are drawn. Default: each kind's own. */
  readonly sampling?: Sampling;
  /** Seed that hides patches, the same at every point. Default 1. */
  readonly inputSeed?: number;
}

/**
 * Quality of the whole twin against the number of hidden neurons: a point for every kind, number and seed.
 * Throws as `compare`.
 */
export async function sweepNeurons(
  model: Model,
  input: ModelInput,
  options: SweepOptions,
): Promise<NeuronSweepPoint[]> {
  const { kinds, neurons, seeds, sampling, inputSeed = 1, swap = 'all' } = options;
  const { calibration, signal, onProgress } = options;
  const swapped = readPlaces(swap, model.layers);
  const baseline = await runBaseline(
    model,
    prepareInput(model, input, { seed: inputSeed }),
    signal,
  );
  const points: NeuronSweepPoint[] = [];
  const total = kinds.length * neurons.length * seeds.length;
  for (const kind of kinds) {
    for (const count of neurons) {
      const source = await sourceFor(
        model,
        { kind, neurons: count, ...(sampling && { sampling }) },
        calibration,
      );
      for (const seed of seeds) {
        onProgress?.(points.length / total, `${kind}, ${count} neurons, seed ${seed}`);
        const errors: number[] = [];
        const [last] = await runTwin(
          model,
          [baseline.input.prepared],
          { source, seed, swapped },
          {
            measuring: {
              traces: baseline.traces,
              visit: (layer, trace) =>
                errors.push(
                  relativeError(runHead(model.kernels, layer, trace).output, trace.output),
                ),
            },
            ...(signal && { signal }),
          },
        );
        const twin = interpret(model, baseline.input, last ?? new Float32Array(0));
        const output = compareOutputs(model, baseline.result, twin);
        points.push({ kind, neurons: count, seed, output, headOutputError: median(errors) });
        checkAborted(signal);
      }
    }
  }
  return points;
}
