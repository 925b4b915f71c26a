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
}

/** A result with the recorded heads, by layer, then head. */
export type TracedResult = RunResult & { readonly heads: readonly HeadTrace[] };

/**
 * Runs inputs through the transformer, all in one batch. Throws `BAD_INPUT`, `BAD_TEXT`, `BAD_IMAGE`,
 * `OUT_OF_MEMORY`, `ABORTED`.
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
  const inputs = isList(input) ? input : [input];
  const wanted = readPlaces(options.trace ?? 'none', model.layers);
  checkAborted(options.signal);
  const preparations = inputs.map((one) => prepareInput(model, one, options));
  const heads: HeadTrace[][] = inputs.map(() => []);
  const attend = tracingAttend(model.kernels, wanted, (trace, item) => heads[item]?.push(trace));
  const outputs = forward(
    model,
    preparations.map(({ prepared }) => prepared),
    { attend },
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
