import { createHash } from 'node:crypto';
import vitDigits from '@tripartite/model-vit-digits';
import { fit } from '../../src/fit/fit.js';
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

/** SHA-256 of the file of a fitted layer, hex: comparing whole files takes vitest seconds. */
export function fileHash(fitted: FittedHidden): string {
  return createHash('sha256').update(encodeHidden(fitted)).digest('hex');
}

/** Fits, and gives the hash of the file. */
export async function fitHash(...call: Parameters<typeof fit>): Promise<string> {
  return fileHash(await fit(...call));
}

/** Every number of a fitted layer, head by head, the constants as a file keeps them. */
export function numbersOf({ layers }: FittedHidden): unknown {
  const rounded = (side: HiddenInput) => ({ ...side, constant: Math.fround(side.constant) });
  return layers.map((heads) => heads.map(({ query, key }) => [rounded(query), rounded(key)]));
}
