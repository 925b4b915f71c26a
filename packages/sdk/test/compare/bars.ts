import { chooseHidden } from '../../src/compare/choose-hidden.js';
import { runTwin } from '../../src/compare/twin.js';
import type { HiddenOptions } from '../../src/hidden/create.js';
import type { Picture } from '../../src/image/picture.js';
import { cosine, mean } from '../../src/numeric/statistics.js';
import { forward } from '../../src/transformer/forward.js';
import { prepareInput } from '../../src/transformer/inputs.js';
import type { Model } from '../../src/transformer/model.js';
import { interpret } from '../../src/transformer/results.js';

// What `compare` reports, for many inputs in one batch a seed, so that hidden weights are drawn once a seed.

/** Seeds 1 … count. */
export function firstSeeds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** Cosine of the twin's embedding with the transformer's: mean over texts and seeds. */
export async function measureCosine(
  model: Model,
  texts: readonly string[],
  hidden: HiddenOptions,
  seeds: readonly number[],
): Promise<number> {
  const { source, host } = await chooseHidden(model, hidden);
  const inputs = texts.map((text) => prepareInput(model, { text }).prepared);
  const own = await forward(model, inputs);
  const cosines: number[] = [];
  for (const seed of seeds) {
    const twin = await runTwin(host, inputs, { source, seed, swapped: () => true });
    cosines.push(...twin.map((embedding, i) => cosine(embedding, own[i] as Float32Array)));
  }
  return mean(cosines);
}

/** Share of digits that the twin labels as `labels` says: mean over digits and seeds. */
export async function measureAgreement(
  model: Model,
  digits: readonly Picture[],
  labels: ArrayLike<number>,
  hidden: HiddenOptions,
  seeds: readonly number[],
): Promise<number> {
  const { source, host } = await chooseHidden(model, hidden);
  const inputs = digits.map((image) => prepareInput(model, { image }).prepared);
  const hits: number[] = [];
  for (const seed of seeds) {
    const twin = await runTwin(host, inputs, { source, seed, swapped: () => true });
    hits.push(
      ...twin.map((logits, i) => (logits.indexOf(Math.max(...logits)) === labels[i] ? 1 : 0)),
    );
  }
  return mean(hits);
}

/** How much less PSNR the twin's paintings have, dB: mean over photographs and seeds; a seed draws mask and weights. */
export async function measureLoss(
  model: Model,
  photographs: readonly Picture[],
  hidden: HiddenOptions,
  seeds: readonly number[],
): Promise<number> {
  const { source, host } = await chooseHidden(model, hidden);
  const losses: number[] = [];
  for (const seed of seeds) {
    const inputs = photographs.map((image) => prepareInput(model, { image }, { seed }));
    const prepared = inputs.map((input) => input.prepared);
    const psnrOf = (logits: Float32Array, i: number): number => {
      const result = interpret(model, inputs[i] as (typeof inputs)[number], logits);
      return result.type === 'picture' ? result.psnr : Number.NaN;
    };
    const own = (await forward(model, prepared)).map(psnrOf);
    const recipe = { source, seed, swapped: () => true };
    const twin = (await runTwin(host, prepared, recipe)).map(psnrOf);
    losses.push(...own.map((value, i) => value - (twin[i] as number)));
  }
  return mean(losses);
}
