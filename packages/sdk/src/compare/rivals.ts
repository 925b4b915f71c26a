import { TripartiteError } from '../errors.js';
import { checkNeurons, type HiddenOptions } from '../hidden/create.js';
import { chooseEntry } from '../hidden/fitted/shipped.js';
import type { Statistics } from '../hidden/statistics.js';
import type { Model } from '../transformer/model.js';
import { type ChosenHidden, chooseHidden } from './choose-hidden.js';

/** Draws that a hidden layer is held against: the best that is drawn, and the paper's. */
const draws = ['matched', 'performer'];

/**
 * The hidden layers that stand beside the one that options come down to, itself among them, all with as many neurons:
 * fitted first, then draws. Throws as `chooseHidden`.
 */
export async function chooseRivals(
  model: Model,
  options: HiddenOptions,
  calibration?: Statistics,
): Promise<ChosenHidden[]> {
  const own = await chooseHidden(model, options, calibration);
  const { kind, neurons: wanted } = own.report;
  checkNeurons(wanted);
  const fitted = own.seeded ? await chooseBrought(model, wanted) : own;
  const neurons = fitted?.report.neurons ?? wanted;
  const rivals = fitted ? [fitted] : [];
  const kinds = [...new Set(own.seeded ? [...draws, kind] : draws)];
  for (const drawn of kinds.filter((each) => each !== fitted?.report.kind)) {
    const { sampling } = drawn === kind ? options : {};
    const settings = { kind: drawn, neurons, ...(sampling && { sampling }) };
    try {
      rivals.push(await chooseHidden(model, settings, calibration));
    } catch (error) {
      // A model without statistics has no matched layer; the others can still be shown.
      const lacking = error instanceof TripartiteError && error.code === 'BAD_INPUT';
      if (!lacking || drawn === kind) throw error;
    }
  }
  return rivals;
}

/** The fitted layer that a model brings with the number of neurons nearest to the one wanted, if any. */
async function chooseBrought(model: Model, wanted: number): Promise<ChosenHidden | undefined> {
  const entry = chooseEntry(await model.fittedLayers(), { neurons: wanted });
  if (!entry) return undefined;
  const { kind, neurons, shared } = entry;
  return chooseHidden(model, { kind, neurons, shared });
}
