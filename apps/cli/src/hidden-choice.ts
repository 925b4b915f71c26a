import { stat } from 'node:fs/promises';
import {
  type FittedHidden,
  type HiddenReport,
  loadHidden,
  type Model,
  TripartiteError,
} from '@tripartite/sdk';
import type { Settings } from './options.js';
import type { Notes } from './output/progress.js';

/**
 * Reads the fitted layer that `--hidden FILE` names, where it names one.
 * @throws TripartiteError NOT_FOUND and BAD_INPUT for what is no file, and what `loadHidden` throws
 */
export async function readHiddenFile({ hiddenFile }: Settings): Promise<FittedHidden | undefined> {
  if (hiddenFile === undefined) return undefined;
  const status = await stat(hiddenFile).catch(() => undefined);
  if (status?.isFile()) return loadHidden(hiddenFile);
  throw new TripartiteError(
    status === undefined ? 'NOT_FOUND' : 'BAD_INPUT',
    `--hidden is '${hiddenFile}', ${status === undefined ? 'a file that does not exist' : 'a folder'}; allowed is a kind of hidden layer, or the file of a fitted one`,
  );
}

/**
 * The settings with what follows from the other options: the fitted layer of a file, and `matched` where the user's
 * own files are to fit a hidden layer and none is named, since that is the kind they fit.
 */
export async function settleHidden(
  settings: Settings,
  fitted: FittedHidden | undefined,
  model: Model,
  calibrated: boolean,
  notes: Notes,
): Promise<Settings> {
  if (fitted !== undefined) return { ...settings, hidden: { ...settings.hidden, fitted } };
  if (!calibrated || settings.hidden.kind !== undefined) return settings;
  if ((await model.fittedLayers()).length > 0) {
    notes.note('hidden layer matched chosen, as --calibrate fits it (--hidden says otherwise)');
  }
  return { ...settings, hidden: { ...settings.hidden, kind: 'matched' } };
}

/** Says what a fitted layer makes of the settings: another number of neurons, seeds that change nothing. */
export function noteFitted(
  { kind, neurons, shared, sha256 }: HiddenReport,
  { hidden, seeds }: Settings,
  notes: Notes,
): void {
  if (sha256 === undefined) return;
  const wanted = hidden.neurons ?? 256;
  if (hidden.fitted === undefined && wanted !== neurons) {
    const layer = `${kind}, ${neurons} neurons${shared === true ? ', one φ' : ''}`;
    notes.note(
      `hidden layer ${layer}, chosen: of those that the model brings the nearest to ${wanted}`,
    );
  }
  if (seeds > 1) {
    notes.note('--seeds changes nothing here, as a fitted hidden layer draws nothing');
  }
}
