import { calibrate, type Model, type Statistics, TripartiteError } from '@tripartite/sdk';
import { type NamedInput, readPictures, readTexts } from './inputs.js';

const option = '--calibrate';

/**
 * Reads the user's own files for calibration: texts or pictures, as the model takes them.
 * @throws TripartiteError BAD_INPUT where a file is also among those compared: nothing may be calibrated on
 *   what it is judged by
 */
export async function readCalibration(
  files: readonly string[],
  modality: Model['modality'],
  compared: readonly NamedInput[],
): Promise<NamedInput[]> {
  const items =
    modality === 'text' ? await readTexts(option, files) : await readPictures(option, files);
  const hashes = new Set(compared.map(({ sha256 }) => sha256));
  const same = items.find(({ sha256 }) => hashes.has(sha256));
  if (same === undefined) return items;
  throw new TripartiteError(
    'BAD_INPUT',
    `${option} has '${same.name}', which is also compared; allowed are other files than those compared`,
  );
}

/** Measures queries and keys of a model on files, for hidden layers that need it. */
export async function calibrateOn(model: Model, items: readonly NamedInput[]): Promise<Statistics> {
  return calibrate(model, await Promise.all(items.map(({ read }) => read())));
}
