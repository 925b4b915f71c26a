import { chooseFitted } from '../compare/choose-hidden.js';
import { runTwin } from '../compare/twin.js';
import type { FittedHidden } from '../hidden/fitted/fitted-hidden.js';
import { cosine, mean } from '../numeric/statistics.js';
import { forward } from '../transformer/forward.js';
import type { Model } from '../transformer/model.js';
import type { FitInputs } from './inputs.js';
import { outputLoss } from './output-loss.js';

/** Inputs that run at once. */
const atOnce = 16;

/**
 * What a fitted layer makes of the inputs that were held out of its fit, every head replaced: of embeddings the mean
 * and worst `cosine` with the transformer's; of labels the share that `agrees`; of pictures the `relativeError` of the
 * hidden patches, squared. With the number of inputs.
 */
export async function measureQuality(
  model: Model,
  fitted: FittedHidden,
  { heldOut, prepare }: Pick<FitInputs, 'heldOut' | 'prepare'>,
  signal?: AbortSignal,
): Promise<Record<string, number>> {
  const { source, host } = await chooseFitted(model, fitted);
  const loss = outputLoss(model);
  const cosines: number[] = [];
  const losses: number[] = [];
  let agreeing = 0;
  for (let at = 0; at < heldOut.length; at += atOnce) {
    const inputs = heldOut.slice(at, at + atOnce).map(prepare);
    const options = signal ? { signal } : {};
    const truths = await forward(model, inputs, options);
    const twins = await runTwin(host, inputs, { source, seed: 1, swapped: () => true }, options);
    truths.forEach((truth, item) => {
      const twin = twins[item] as Float32Array;
      const input = inputs[item];
      if (input) losses.push(loss(twin, truth, input).value);
      cosines.push(cosine(twin, truth));
      if (largestAt(twin) === largestAt(truth)) agreeing++;
    });
  }
  const inputs = heldOut.length;
  switch (model.plan.output) {
    case 'embedding':
      return { inputs, cosine: mean(cosines), worstCosine: Math.min(...cosines) };
    case 'label':
      return { inputs, agrees: agreeing / inputs, divergence: mean(losses) };
    case 'picture':
      return { inputs, relativeError: mean(losses) };
  }
}

function largestAt(values: Float32Array): number {
  return values.reduce((top, value, i) => (value > (values[top] as number) ? i : top), 0);
}
