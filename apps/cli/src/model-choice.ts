import { type EngineOptions, type Model, TripartiteError } from '@tripartite/sdk';
import { describeFallback } from './engine-options.js';
import { fittingModel, type InputSet } from './inputs.js';
import { openModel, shippedNames } from './model-registry.js';
import type { Notes } from './output/progress.js';

/**
 * Opens the model that was named, or the one that fits the input, and says so, and where `fast` was in vain.
 * @throws TripartiteError BAD_INPUT where the model takes the other kind of input
 */
export async function chooseModel(
  named: string | undefined,
  inputs: InputSet,
  engine: EngineOptions,
  notes: Notes,
): Promise<Model> {
  const name = named ?? fittingModel(inputs);
  if (named === undefined)
    notes.note(`model ${name} chosen, as it fits the input (--model says otherwise)`);
  const model = await openModel(name, {
    ...engine,
    onProgress: (fraction, what) => notes.progress(fraction, `${name}: ${what}`),
  });
  if (model.modality !== inputs.modality) {
    model.close();
    const came = inputs.modality === 'image' ? 'pictures' : 'text';
    const allowed =
      model.modality === 'image' ? 'pictures (--image)' : 'text (--text, --text-file)';
    throw new TripartiteError(
      'BAD_INPUT',
      `model '${model.name}' was given ${came}; allowed with it is ${allowed}; models that ship: ${shippedNames.join(', ')}`,
    );
  }
  const fallback = describeFallback(engine.fast, model.build);
  if (fallback !== undefined) notes.note(fallback);
  return model;
}
