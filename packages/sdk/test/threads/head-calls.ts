import { astrocyteHead } from '../../src/attention/astrocyte-head.js';
import type { AttentionHead } from '../../src/attention/head.js';
import { softmaxHead } from '../../src/attention/softmax-head.js';
import type { Engine } from '../../src/engine.js';
import { TripartiteError } from '../../src/errors.js';
import { layerOf, tokens } from '../attention/data.js';

export const width = 6;
export const given = tokens(21, 30, width, 5);
const hidden = layerOf('performer', 20, width).layer;

/** Code and message of what `work` throws. */
export function failure(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof TripartiteError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing';
}

/** A head of either kind on an engine, with some tokens written: astrocyte, then softmax. */
export function headsOn(engine: Engine): AttentionHead[] {
  const heads = [astrocyteHead({ width, hidden, engine }), softmaxHead({ width, engine })];
  for (const head of heads) head.write(given.keys, given.values);
  return heads;
}

/** What all that needs the engine of a head, or makes heads on it, throws. */
export function refusals(head: AttentionHead, engine: Engine): string[] {
  const { queries, keys, values } = given;
  return [
    () => head.write(keys, values),
    () => head.read(queries),
    () => head.stream(queries, keys, values),
    () => head.clone(),
    () => astrocyteHead({ width, hidden, engine }),
    () => softmaxHead({ width, engine }),
  ].map(failure);
}
