import type { ChosenHidden } from '../compare/choose-hidden.js';
import type { ComparisonOutput } from '../compare/comparison.js';
import { compareOutputs } from '../compare/outputs.js';
import { runTwin } from '../compare/twin.js';
import { forward } from '../transformer/forward.js';
import type { Preparation } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import { interpret, type RunResult } from '../transformer/results.js';
import type { Attend } from '../transformer/stream.js';
import type { PlaceFilter } from '../transformer/traces.js';
import { chooseSetting, rememberLayers, type StudySetting } from './settings.js';

/** Inputs of a batch: more would need more memory and gain no time. */
const batchSize = 16;

/** What calls may be told and stopped by. */
export interface Watching {
  readonly signal?: AbortSignal;
  /** Called with the share done. */
  readonly tell?: (fraction: number) => void;
}

/** Runs work on batches of 16, in order. */
export async function inBatches<T>(
  inputs: readonly Preparation[],
  work: (batch: readonly Preparation[], first: number) => Promise<readonly T[]>,
  tell?: (fraction: number) => void,
): Promise<T[]> {
  const results: T[] = [];
  for (let first = 0; first < inputs.length; first += batchSize) {
    results.push(...(await work(inputs.slice(first, first + batchSize), first)));
    tell?.(Math.min(1, (first + batchSize) / inputs.length));
  }
  return results;
}

/** What the transformer says of every input; `attend` instead of softmax where it records. Throws as `forward`. */
export function ownResults(
  model: Model,
  inputs: readonly Preparation[],
  { signal, tell }: Watching = {},
  attend?: (first: number) => Attend,
): Promise<RunResult[]> {
  return inBatches(
    inputs,
    async (batch, first) => {
      const last = await forward(
        model,
        batch.map(({ prepared }) => prepared),
        { ...(attend && { attend: attend(first) }), ...(signal && { signal }) },
      );
      return batch.map((input, i) => interpret(model, input, last[i] as Float32Array));
    },
    tell,
  );
}

/** How far the twin's outputs are from the transformer's, of every input, for one seed. Throws as `compare`. */
export async function twinOutputs(
  model: Model,
  { source, host }: ChosenHidden,
  inputs: readonly Preparation[],
  own: readonly RunResult[],
  {
    seed,
    swapped = () => true,
    signal,
    tell,
  }: Watching & {
    readonly seed: number;
    readonly swapped?: PlaceFilter;
  },
): Promise<ComparisonOutput[]> {
  const remembered = rememberLayers(source);
  return inBatches(
    inputs,
    async (batch, first) => {
      const last = await runTwin(
        host,
        batch.map(({ prepared }) => prepared),
        { source: remembered, seed, swapped },
        signal ? { signal } : {},
      );
      return batch.map((input, i) =>
        compareOutputs(
          model,
          own[first + i] as RunResult,
          interpret(model, input, last[i] as Float32Array),
        ),
      );
    },
    tell,
  );
}

/** The number that says how near the twin comes: cosine, agreement, or loss of PSNR (dB, less is better). */
export function qualityOf(output: ComparisonOutput): number {
  if (output.type === 'embedding') return output.cosine;
  return output.type === 'label' ? output.agreement : output.loss;
}

/**
 * `qualityOf` of every input (a row) under every draw of a setting (a column), all heads replaced or those that are
 * said. Throws as `compare`.
 */
export async function crossedQuality(
  model: Model,
  setting: StudySetting,
  inputs: readonly Preparation[],
  own: readonly RunResult[],
  { tell, ...options }: Watching & { readonly swapped?: PlaceFilter } = {},
): Promise<number[][]> {
  const chosen = await chooseSetting(model, setting);
  const values: number[][] = inputs.map(() => []);
  for (let seed = 1; seed <= setting.seeds; seed++) {
    const outputs = await twinOutputs(model, chosen, inputs, own, {
      ...options,
      seed,
      tell: (fraction) => tell?.((seed - 1 + fraction) / setting.seeds),
    });
    for (const [i, output] of outputs.entries()) values[i]?.push(qualityOf(output));
  }
  return values;
}
