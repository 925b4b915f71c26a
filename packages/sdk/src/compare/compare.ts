import { TripartiteError } from '../errors.js';
import type { HiddenOptions } from '../hidden/create.js';
import type { Statistics } from '../hidden/statistics.js';
import { relativeError } from '../numeric/statistics.js';
import { forward } from '../transformer/forward.js';
import { type ModelInput, type Preparation, prepareInput } from '../transformer/inputs.js';
import { checkAborted, type Model } from '../transformer/model.js';
import { interpret, type RunResult } from '../transformer/results.js';
import { countRows, type Stream } from '../transformer/stream.js';
import { type HeadTrace, readPlaces, tracingAttend } from '../transformer/traces.js';
import { averageDrift, averageHeads, averageOutputs, spreadOfOutputs } from './average.js';
import { chooseHidden } from './choose-hidden.js';
import type {
  Comparison,
  ComparisonOutput,
  DetailedComparison,
  HeadComparison,
  HeadDetail,
  LayerDrift,
} from './comparison.js';
import { picturesOf, tokenLabels } from './details.js';
import { measureHead } from './head-measures.js';
import { compareOutputs } from './outputs.js';
import { runTwin } from './twin.js';

/** Options of `compare`. */
export interface CompareOptions {
  /** Hidden neurons of every swapped head. Default: 256, of a fitted layer that the model brings, else `matched`. */
  readonly hidden?: HiddenOptions;
  /** First seed; also decides which patches are hidden. Default 1. */
  readonly seed?: number;
  /** How many seeds, counting on from the first; a fitted layer is the same under all of them. Default 1. */
  readonly seeds?: number;
  /** Heads to replace: `all` (default), `none`, or a list such as `0,2.1`. */
  readonly swap?: string;
  /** What calibrated kinds are fitted to, and then `matched` is the default. Default: the model's own statistics. */
  readonly calibration?: Statistics;
  readonly signal?: AbortSignal;
  /** Called with the share done and what is being done. */
  readonly onProgress?: (fraction: number, what: string) => void;
}

/** Softmax's run of one input, kept to compare with. */
export interface Baseline {
  readonly input: Preparation;
  readonly result: RunResult;
  readonly traces: readonly HeadTrace[];
  /** Residual stream after each layer. */
  readonly streams: readonly Float32Array[];
}

function copyStream(model: Model, stream: Stream): Float32Array {
  return model.kernels.arena.viewFloats(stream.x, countRows(stream) * stream.width).slice();
}

/** Runs the transformer itself, recording every head. */
export async function runBaseline(
  model: Model,
  input: Preparation,
  signal?: AbortSignal,
): Promise<Baseline> {
  const traces: HeadTrace[] = [];
  const streams: Float32Array[] = [];
  const [last] = await forward(model, [input.prepared], {
    attend: tracingAttend(
      model.kernels,
      () => true,
      (trace) => traces.push(trace),
    ),
    afterLayer: (_layer, _stack, stream) => streams.push(copyStream(model, stream)),
    ...(signal && { signal }),
  });
  return { input, result: interpret(model, input, last ?? new Float32Array(0)), traces, streams };
}

interface SeedRun {
  readonly output: ComparisonOutput;
  readonly heads: readonly HeadComparison[];
  readonly details: readonly HeadDetail[];
  readonly drift: readonly LayerDrift[];
  readonly result: RunResult;
}

/** Checks a seed and a number of seeds; gives the list. Throws `BAD_INPUT`. */
export function listSeeds(seed: number, count: number): number[] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new TripartiteError('BAD_INPUT', `seed is ${seed}; a whole number from 0 is allowed`);
  }
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw new TripartiteError('BAD_INPUT', `seeds is ${count}; 1 to 1000 are allowed`);
  }
  return Array.from({ length: count }, (_, i) => seed + i);
}

async function compareRuns(
  model: Model,
  input: ModelInput,
  options: CompareOptions,
  detailed: boolean,
): Promise<{ comparison: Comparison; baseline: Baseline; first: SeedRun }> {
  const { hidden = {}, seed = 1, swap = 'all', signal, onProgress, calibration } = options;
  const seeds = listSeeds(seed, options.seeds ?? 1);
  const swapped = readPlaces(swap, model.layers);
  const { source, report, host, seeded } = await chooseHidden(model, hidden, calibration);
  checkAborted(signal);
  onProgress?.(0, 'transformer');
  const baseline = await runBaseline(model, prepareInput(model, input, { seed }), signal);
  const { traces } = host === model ? baseline : await runBaseline(host, baseline.input, signal);
  const runs: SeedRun[] = [];
  // Where nothing is drawn, one run stands for all seeds.
  const drawn = seeded ? seeds : seeds.slice(0, 1);
  for (const [index, own] of drawn.entries()) {
    onProgress?.((index + 0.5) / (drawn.length + 0.5), `twin, seed ${own}`);
    const heads: HeadComparison[] = [];
    const details: HeadDetail[] = [];
    const drift: LayerDrift[] = [];
    const [last] = await runTwin(
      host,
      [baseline.input.prepared],
      { source, seed: own, swapped },
      {
        measuring: {
          traces,
          visit(layer, trace, inTwin) {
            const whole = detailed && index === 0;
            const { comparison, detail } = measureHead(model.kernels, layer, trace, inTwin, whole);
            heads.push(comparison);
            if (detail) details.push(detail);
          },
        },
        afterLayer(layer, stack, stream) {
          const before = baseline.streams[layer] ?? new Float32Array(0);
          drift.push({ layer, stack, relative: relativeError(copyStream(model, stream), before) });
        },
        ...(signal && { signal }),
      },
    );
    const result = interpret(model, baseline.input, last ?? new Float32Array(0));
    const output = compareOutputs(model, baseline.result, result);
    runs.push({ output, heads, details, drift, result });
    checkAborted(signal);
  }
  const first = runs[0] as SeedRun;
  const outputs = seeds.map((_, index) => (runs[index] ?? first).output);
  const comparison: Comparison = {
    model: model.name,
    tokens: baseline.input.tokens,
    tokensBeforeCut: baseline.input.tokensBeforeCut,
    hidden: report,
    seed,
    seeds,
    swap: swap === 'all' ? 'all' : placesOf(model, swapped),
    output: averageOutputs(outputs),
    heads: averageHeads(runs.map((run) => run.heads)),
    drift: averageDrift(runs.map((run) => run.drift)),
    ...(seeds.length > 1 && { spread: spreadOfOutputs(outputs), runs: outputs }),
  };
  return { comparison, baseline, first };
}

function placesOf(model: Model, wanted: ReturnType<typeof readPlaces>): string[] {
  return model.layers.flatMap(({ heads }, layer) =>
    Array.from({ length: heads }, (_, head) => ({ layer, head }))
      .filter(wanted)
      .map(({ head }) => `${layer}.${head}`),
  );
}

/**
 * The transformer beside its twin, in which neurons and astrocytes stand for softmax. With several seeds every
 * number is a mean, with its spread. Throws `BAD_INPUT`, `BAD_TEXT`, `BAD_IMAGE`, `OUT_OF_MEMORY`, `ABORTED`.
 */
export async function compare(
  model: Model,
  input: ModelInput,
  options: CompareOptions = {},
): Promise<Comparison> {
  return (await compareRuns(model, input, options, false)).comparison;
}

/** `compare` with attention maps, responses, synapses and pictures of the first seed. Throws as `compare`. */
export async function compareInDetail(
  model: Model,
  input: ModelInput,
  options: CompareOptions = {},
): Promise<DetailedComparison> {
  const { comparison, baseline, first } = await compareRuns(model, input, options, true);
  return {
    ...comparison,
    details: {
      tokens: tokenLabels(model, baseline.input),
      heads: first.details,
      ...picturesOf(baseline.input, baseline.result, first.result),
    },
  };
}
