import { type FittedHidden, isFittedKind } from '../hidden/fitted/fitted-hidden.js';
import { fittingEntries } from '../hidden/fitted/shipped.js';
import type { Sampling } from '../hidden/hidden-layer.js';
import { median, relativeError } from '../numeric/statistics.js';
import { type ModelInput, prepareInput } from '../transformer/inputs.js';
import { checkAborted, type Model } from '../transformer/model.js';
import { interpret } from '../transformer/results.js';
import { type HeadTrace, readPlaces } from '../transformer/traces.js';
import { runBaseline } from './baseline.js';
import { type ChosenHidden, chooseFitted, chooseHidden } from './choose-hidden.js';
import type { CompareOptions } from './compare.js';
import type { NeuronSweepPoint } from './comparison.js';
import { runHead } from './head-run.js';
import { compareOutputs } from './outputs.js';
import { runTwin } from './twin.js';

/** What `sweepNeurons` varies. */
export interface SweepOptions
  extends Pick<CompareOptions, 'swap' | 'calibration' | 'signal' | 'onProgress'> {
  /** Kinds of hidden layer. */
  readonly kinds: readonly string[];
  /** Fitted layers, each a place of its own beside those of `kinds`. Default: none. */
  readonly fitted?: readonly FittedHidden[];
  /** Numbers of hidden neurons, for kinds that are drawn. */
  readonly neurons: readonly number[];
  readonly seeds: readonly number[];
  /** How weights are drawn. Default: each kind's own. */
  readonly sampling?: Sampling;
  /** Of the fitted layers that the model brings, those with one φ for queries and keys, or the others. */
  readonly shared?: boolean;
  /** Seed that hides patches, the same at every point. Default 1. */
  readonly inputSeed?: number;
}

/** What stands at one place of a sweep's axis. */
interface SweepPlace {
  readonly kind: string;
  readonly neurons: number;
  readonly choose: () => Promise<ChosenHidden>;
}

/** The places of one kind: the numbers wanted, or those that the model brings. */
async function listPlaces(
  model: Model,
  kind: string,
  { neurons, sampling, shared, calibration }: SweepOptions,
): Promise<SweepPlace[]> {
  if (kind === 'matched' || !isFittedKind(kind)) {
    const options = { kind, ...(sampling && { sampling }) };
    return neurons.map((count) => ({
      kind,
      neurons: count,
      choose: () => chooseHidden(model, { ...options, neurons: count }, calibration),
    }));
  }
  const choice = { kind, ...(shared !== undefined && { shared }) };
  const there = fittingEntries(await model.fittedLayers(), choice).map((entry) => entry.neurons);
  const sizes = [...new Set(there)].sort((a, b) => a - b);
  // Where there is none, the model says so.
  if (sizes.length === 0) await model.fitted(choice);
  return sizes.map((count) => ({
    kind,
    neurons: count,
    choose: () => chooseHidden(model, { ...choice, neurons: count }),
  }));
}

/**
 * Quality of the whole twin against the number of hidden neurons: a point for every kind, number and seed. Fitted
 * kinds have points where the model brings a layer, whatever `neurons` says, the same under every seed.
 * Throws as `compare`.
 */
export async function sweepNeurons(
  model: Model,
  input: ModelInput,
  options: SweepOptions,
): Promise<NeuronSweepPoint[]> {
  const { kinds, seeds, fitted = [], inputSeed = 1, swap = 'all', signal, onProgress } = options;
  const swapped = readPlaces(swap, model.layers);
  const baseline = await runBaseline(
    model,
    prepareInput(model, input, { seed: inputSeed }),
    signal,
  );
  const drawn = await Promise.all(kinds.map((kind) => listPlaces(model, kind, options)));
  const given = fitted.map((layer) => ({
    kind: layer.kind,
    neurons: layer.neurons,
    choose: () => chooseFitted(model, layer),
  }));
  const places: SweepPlace[] = [...drawn.flat(), ...given];
  const points: NeuronSweepPoint[] = [];
  const total = places.length * seeds.length;
  for (const { kind, neurons, choose } of places) {
    const chosen = await choose();
    const { host, seeded } = chosen;
    const { traces } = host === model ? baseline : await runBaseline(host, baseline.input, signal);
    let last: Measured | undefined;
    for (const seed of seeds) {
      onProgress?.(points.length / total, `${kind}, ${neurons} neurons, seed ${seed}`);
      if (!last || seeded) last = await measure(chosen, traces, seed);
      points.push({ kind, neurons, seed, ...last });
      checkAborted(signal);
    }
  }
  return points;

  async function measure(
    { source, host }: ChosenHidden,
    traces: readonly HeadTrace[],
    seed: number,
  ): Promise<Measured> {
    const errors: number[] = [];
    const [last] = await runTwin(
      host,
      [baseline.input.prepared],
      { source, seed, swapped },
      {
        measuring: {
          traces,
          visit: (layer, trace) =>
            errors.push(relativeError(runHead(model.kernels, layer, trace).output, trace.output)),
        },
        ...(signal && { signal }),
      },
    );
    const twin = interpret(model, baseline.input, last ?? new Float32Array(0));
    const output = compareOutputs(model, baseline.result, twin);
    return { output, headOutputError: median(errors) };
  }
}

/** What is measured at a point. */
type Measured = Pick<NeuronSweepPoint, 'output' | 'headOutputError'>;
