import { TripartiteError } from '../../errors.js';
import type { Model } from '../../transformer/model.js';
import type { FittedHidden } from './fitted-hidden.js';

/**
 * Throws `BAD_INPUT`, naming both, unless a fitted layer was fitted to this model: to the same weights, every head of
 * its width.
 */
export async function checkBelongs(
  fitted: FittedHidden,
  model: Pick<Model, 'name' | 'layers' | 'weightsHash'>,
): Promise<void> {
  const hash = await model.weightsHash();
  const { name, layers } = model;
  if (hash !== fitted.modelHash) {
    throw new TripartiteError(
      'BAD_INPUT',
      `hidden layer ${fitted.kind}, ${fitted.neurons} neurons, was fitted to ${fitted.model} (weights ${short(fitted.modelHash)}), not to ${name} (weights ${short(hash)})`,
    );
  }
  const shape = (heads: readonly { readonly width: number }[]) =>
    heads.map(({ width }) => width).join('+');
  const own = layers.map(({ heads, headWidth }) =>
    shape(Array.from({ length: heads }, () => ({ width: headWidth }))),
  );
  const its = fitted.layers.map(shape);
  if (its.length === own.length && its.every((heads, layer) => heads === own[layer])) return;
  throw new TripartiteError(
    'BAD_INPUT',
    `hidden layer ${fitted.kind} of ${fitted.model} has heads of widths ${its.join(', ')}; ${name} has ${own.join(', ')}; they must match`,
  );
}

function short(hash: string): string {
  return `${hash.slice(0, 6)}…`;
}
