import { type ChosenHidden, chooseFitted, chooseHidden } from '../compare/choose-hidden.js';
import type { FittedHidden } from '../hidden/fitted/fitted-hidden.js';
import type { HiddenSource, Sampling } from '../hidden/hidden-layer.js';
import type { Model } from '../transformer/model.js';

/** Hidden neurons that a study puts into every head. */
export interface StudySetting {
  readonly kind: string;
  readonly neurons: number;
  /** How weights are drawn; absent for kinds that have one way, and for fitted layers. */
  readonly sampling?: Sampling;
  /** Draws; 1 for fitted layers. */
  readonly seeds: number;
  /** The fitted layer; absent for kinds that are drawn. */
  readonly fitted?: FittedHidden;
  /** SHA-256 of the fitted layer's file. */
  readonly sha256?: string;
}

/** Settings of a kind, one a number of neurons. */
export function drawnSettings(
  kind: string,
  sampling: Sampling | undefined,
  neurons: readonly number[],
  seeds: number,
): StudySetting[] {
  return neurons.map((count) => ({
    kind,
    neurons: count,
    ...(sampling && { sampling }),
    seeds,
  }));
}

/**
 * Every fitted layer that a model brings, neurons rising within a kind, after those of `own`. Throws as
 * `Model.fitted`.
 */
export async function fittedSettings(
  model: Model,
  own: readonly FittedHidden[] = [],
): Promise<StudySetting[]> {
  const layers = [...own];
  for (const { kind, neurons, shared } of await model.fittedLayers()) {
    layers.push(await model.fitted({ kind, neurons, shared }));
  }
  const kinds = [...new Set(layers.map(nameOf))];
  layers.sort(
    (a, b) => kinds.indexOf(nameOf(a)) - kinds.indexOf(nameOf(b)) || a.neurons - b.neurons,
  );
  const settings: StudySetting[] = [];
  for (const fitted of layers) {
    const { sha256 } = (await chooseFitted(model, fitted)).report;
    const { kind, neurons } = fitted;
    settings.push({ kind, neurons, seeds: 1, fitted, ...(sha256 && { sha256 }) });
  }
  return settings;
}

const nameOf = ({ kind, shared }: FittedHidden): string => (shared ? `${kind}, one φ` : kind);

/** Words for a setting without its number of neurons: kind, and what is special about it. */
export function settingName({ kind, sampling, fitted }: StudySetting): string {
  if (fitted) return fitted.kind === 'matched' ? 'matched, in a file' : nameOf(fitted);
  return sampling ? `${kind}, ${sampling}` : kind;
}

/** Columns that say which setting a row is of. */
export const settingColumns = [
  { key: 'hidden', heading: 'hidden layer' },
  { key: 'neurons', heading: 'neurons' },
] as const;

/** Labels of a row of a setting. */
export function settingLabels(setting: StudySetting): { hidden: string; neurons: number } {
  return { hidden: settingName(setting), neurons: setting.neurons };
}

/** Words for a setting with its number of neurons, by which expectations name it. */
export function settingWords(setting: StudySetting): string {
  return `${settingName(setting)}, ${setting.neurons}`;
}

/** A name that only the same setting has: with the number of draws, or the hash of the fitted layer. */
export function settingId(setting: StudySetting): string {
  return `${settingWords(setting)}, ${setting.sha256 ?? setting.seeds}`;
}

/** The hidden neurons of a setting for a model. Throws as `compare`. */
export async function chooseSetting(
  model: Model,
  { kind, neurons, sampling, fitted }: StudySetting,
): Promise<ChosenHidden> {
  return fitted
    ? chooseFitted(model, fitted)
    : chooseHidden(model, { kind, neurons, ...(sampling && { sampling }) });
}

/** A source that makes the layer of a head once a seed and keeps it: drawing takes longer than a batch. */
export function rememberLayers(source: HiddenSource): HiddenSource {
  const layers = new Map<string, ReturnType<HiddenSource>>();
  return (place, seed) => {
    const key = `${place.layer}.${place.head}.${seed}`;
    const layer = layers.get(key) ?? source(place, seed);
    layers.set(key, layer);
    return layer;
  };
}
