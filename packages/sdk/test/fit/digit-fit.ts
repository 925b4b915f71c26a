import vitDigits from '@tripartite/model-vit-digits';
import { type FitOptions, fit } from '../../src/fit/fit.js';
import { encodeHidden } from '../../src/hidden/fitted/encode.js';
import type { FittedHidden } from '../../src/hidden/fitted/fitted-hidden.js';
import type { HiddenInput } from '../../src/hidden/hidden-layer.js';
import { loadModel, type Model } from '../../src/transformer/model.js';
import { readTestDigits } from '../fixtures/reference.js';

/** A fit that takes a fraction of a second. */
export const small = { neurons: 6, steps: 12, batch: 3, rate: 0.03 } as const;

/** The first digits of the fixture, as inputs. */
export function digitInputs(count: number): { image: ReturnType<typeof readTestDigits>[number] }[] {
  return readTestDigits()
    .slice(0, count)
    .map((image) => ({ image }));
}

/** vit-digits on so many threads; to be closed. */
export const openDigits = (threads = 1): Promise<Model> => loadModel(vitDigits, { threads });

/** The file of a fitted layer. */
export async function fitFile(
  model: Model,
  inputs: Parameters<typeof fit>[1],
  options: FitOptions,
): Promise<Uint8Array> {
  return encodeHidden(await fit(model, inputs, options));
}

/** Every number of a fitted layer, head by head, the constants as a file keeps them. */
export function numbersOf({ layers }: FittedHidden): unknown {
  const rounded = (side: HiddenInput) => ({ ...side, constant: Math.fround(side.constant) });
  return layers.map((heads) => heads.map(({ query, key }) => [rounded(query), rounded(key)]));
}
