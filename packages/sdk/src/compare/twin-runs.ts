import { relativeError } from '../numeric/statistics.js';
import { checkAborted, type Model } from '../transformer/model.js';
import { interpret, type RunResult } from '../transformer/results.js';
import { readPlaces } from '../transformer/traces.js';
import { averageDrift, averageHeads, averageOutputs, spreadOfOutputs } from './average.js';
import { type Baseline, copyStream, runBaseline } from './baseline.js';
import type { ChosenHidden } from './choose-hidden.js';
import type {
  Comparison,
  ComparisonOutput,
  HeadComparison,
  HeadDetail,
  LayerDrift,
} from './comparison.js';
import { measureHead } from './head-measures.js';
import { compareOutputs } from './outputs.js';
import { runTwin } from './twin.js';

/** How often and where a twin runs. */
export interface TwinSettings {
  /** At least one. */
  readonly seeds: readonly number[];
  /** Heads to replace: `all`, `none`, or a list such as `0,2.1`. */
  readonly swap: string;
  /** True where attention maps, responses and synapses of the first seed are kept. */
  readonly detailed?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number, what: string) => void) | undefined;
}

/** A twin's run under one seed. */
export interface SeedRun {
  readonly output: ComparisonOutput;
  readonly heads: readonly HeadComparison[];
  readonly details: readonly HeadDetail[];
  readonly drift: readonly LayerDrift[];
  readonly result: RunResult;
}

/** A twin beside a transformer that has run already, and the twin's first seed. Throws `BAD_INPUT`, `ABORTED`. */
export async function compareTwin(
  model: Model,
  baseline: Baseline,
  { source, report, host, seeded }: ChosenHidden,
  { seeds, swap, detailed = false, signal, onProgress }: TwinSettings,
): Promise<{ comparison: Comparison; first: SeedRun }> {
  const swapped = readPlaces(swap, model.layers);
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
    seed: seeds[0] as number,
    seeds,
    swap: listSwapped(model, swap),
    output: averageOutputs(outputs),
    heads: averageHeads(runs.map((run) => run.heads)),
    drift: averageDrift(runs.map((run) => run.drift)),
    ...(seeds.length > 1 && { spread: spreadOfOutputs(outputs), runs: outputs }),
  };
  return { comparison, first };
}

/** The replaced heads as a comparison reports them. Throws `BAD_INPUT`. */
export function listSwapped(model: Model, swap: string): 'all' | string[] {
  const wanted = readPlaces(swap, model.layers);
  if (swap === 'all') return 'all';
  return model.layers.flatMap(({ heads }, layer) =>
    Array.from({ length: heads }, (_, head) => ({ layer, head }))
      .filter(wanted)
      .map(({ head }) => `${layer}.${head}`),
  );
}
