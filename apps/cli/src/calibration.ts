import {
  calibrate,
  type Model,
  type ModelInput,
  type Statistics,
  TripartiteError,
} from '@tripartite/sdk';
import { type NamedInput, readPictures, readTexts } from './inputs.js';
import { poolStatistics, type StatisticsPart } from './pooled-statistics.js';

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

/** Bytes of decoded pictures that are held at once, up to one picture more. */
const mostHeld = 2 ** 27;

/**
 * Measures queries and keys of a model on files, for hidden layers that need it. Pictures are decoded and
 * measured in parts that hold `held` bytes or one picture more, so that any number of photographs fits.
 */
export async function calibrateOn(
  model: Model,
  items: readonly Pick<NamedInput, 'read'>[],
  held: number = mostHeld,
): Promise<Statistics> {
  const parts: StatisticsPart[] = [];
  let part: ModelInput[] = [];
  let bytes = 0;
  for (const [index, { read }] of items.entries()) {
    const input = await read();
    part.push(input);
    // Texts are in memory already, and their statistics cannot be pooled by the number of inputs.
    if ('image' in input) bytes += input.image.data.length;
    if (bytes < held && index < items.length - 1) continue;
    const seed = 1 + index + 1 - part.length;
    parts.push({ statistics: await calibrate(model, part, { seed }), inputs: part.length });
    part = [];
    bytes = 0;
  }
  return poolStatistics(parts);
}
