import type { HiddenOptions } from '../hidden/create.js';
import { type ModelInput, prepareInput } from '../transformer/inputs.js';
import { checkAborted, type Model } from '../transformer/model.js';
import { readPlaces } from '../transformer/traces.js';
import { runBaseline } from './baseline.js';
import { type CompareOptions, listSeeds } from './compare.js';
import type { DetailedComparison, SideBySideTwin } from './comparison.js';
import { picturesOf } from './details.js';
import { chooseRivals } from './rivals.js';
import { compareTwin, listSwapped } from './twin-runs.js';

/** Options of `compareSideBySide`: those of `compare`, but for hidden layers of the user's own making. */
export interface SideBySideOptions extends Omit<CompareOptions, 'hidden'> {
  /** The hidden layer in question, as `compare` takes it; the others are chosen to stand beside it. */
  readonly hidden?: Omit<HiddenOptions, 'weights' | 'features' | 'signed'>;
  /** What `compare` gave for the same input and options: it takes its place among the others, not computed again. */
  readonly known?: DetailedComparison | undefined;
}

/** A comparison as one of several. */
function twinOf({ details, ...comparison }: DetailedComparison): SideBySideTwin {
  const { outputs, pictures } = details;
  return { comparison, ...(outputs && { outputs }), ...(pictures && { pictures }) };
}

/**
 * One input with several hidden layers of equally many neurons: a fitted one (the user's, or the nearest that the
 * model brings), `matched` and `performer`, and the user's own kind where it is another. Each gives what `compare`
 * gives; the transformer runs once. Without a fitted layer the draws stand alone. Throws as `compare`.
 */
export async function compareSideBySide(
  model: Model,
  input: ModelInput,
  options: SideBySideOptions = {},
): Promise<SideBySideTwin[]> {
  const { hidden = {}, seed = 1, swap = 'all', calibration, known, signal, onProgress } = options;
  const seeds = listSeeds(seed, options.seeds ?? 1);
  readPlaces(swap, model.layers);
  const rivals = await chooseRivals(model, hidden, calibration);
  checkAborted(signal);
  onProgress?.(0, 'transformer');
  const baseline = await runBaseline(model, prepareInput(model, input, { seed }), signal);
  const asked = JSON.stringify([seeds, listSwapped(model, swap)]);
  const twins: SideBySideTwin[] = [];
  for (const [index, rival] of rivals.entries()) {
    const { report } = rival;
    const same =
      known &&
      JSON.stringify(known.hidden) === JSON.stringify(report) &&
      JSON.stringify([known.seeds, known.swap]) === asked;
    if (same) {
      twins.push(twinOf(known));
      continue;
    }
    const { comparison, first } = await compareTwin(model, baseline, rival, {
      seeds,
      swap,
      signal,
      onProgress: (fraction, what) =>
        onProgress?.((index + fraction) / rivals.length, `${report.kind}: ${what}`),
    });
    twins.push({ comparison, ...picturesOf(baseline.input, baseline.result, first.result) });
  }
  return twins;
}
