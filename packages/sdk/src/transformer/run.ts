import { forward } from './forward.js';
import { type InputOptions, type ModelInput, prepareInput } from './inputs.js';
import { checkAborted, type Model } from './model.js';
import { interpret, type RunResult } from './results.js';
import { type HeadTrace, readPlaces, tracingAttend } from './traces.js';

/** Options of `run`. */
export interface RunOptions extends InputOptions {
  /** Heads to record: `all`, `none` (default), or a list such as `0,2.1`. */
  readonly trace?: string;
  readonly signal?: AbortSignal;
  /** Called layer by layer with the share of the work done and what comes next; at the end with 1. */
  readonly onProgress?: (fraction: number, what: string) => void;
}

/** A result with the recorded heads, by layer, then head. */
export type TracedResult = RunResult & { readonly heads: readonly HeadTrace[] };

/**
 * Runs inputs through the transformer, all in one batch; gives way to the event loop between layers. Runs on one
 * model wait for each other. Throws `BAD_INPUT`, `BAD_TEXT`, `BAD_IMAGE`, `ABORTED`, and `OUT_OF_MEMORY` before
 * anything runs.
 */
export async function run(
  model: Model,
  input: ModelInput,
  options?: RunOptions,
): Promise<TracedResult>;
export async function run(
  model: Model,
  inputs: readonly ModelInput[],
  options?: RunOptions,
): Promise<TracedResult[]>;
export async function run(
  model: Model,
  input: ModelInput | readonly ModelInput[],
  options: RunOptions = {},
): Promise<TracedResult | TracedResult[]> {
  const { signal, onProgress } = options;
  const inputs = isList(input) ? input : [input];
  const wanted = readPlaces(options.trace ?? 'none', model.layers);
  checkAborted(signal);
  const preparations = inputs.map((one) => prepareInput(model, one, options));
  const heads: HeadTrace[][] = inputs.map(() => []);
  const attend = tracingAttend(model.kernels, wanted, (trace, item) => heads[item]?.push(trace));
  const outputs = await forward(
    model,
    preparations.map(({ prepared }) => prepared),
    { attend, ...(signal && { signal }), ...(onProgress && { onProgress }) },
  );
  const results = preparations.map((preparation, item) => ({
    ...interpret(model, preparation, outputs[item] ?? new Float32Array(0)),
    heads: heads[item] ?? [],
  }));
  return isList(input) ? results : (results[0] as TracedResult);
}

function isList(input: ModelInput | readonly ModelInput[]): input is readonly ModelInput[] {
  return Array.isArray(input);
}
