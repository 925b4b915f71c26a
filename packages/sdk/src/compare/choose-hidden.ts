import { sha256 } from '../checkpoint/sha256.js';
import { TripartiteError } from '../errors.js';
import { checkNeurons, findKind, type HiddenOptions, hiddenSource } from '../hidden/create.js';
import { checkBelongs } from '../hidden/fitted/belongs.js';
import { encodeHidden } from '../hidden/fitted/encode.js';
import { type FittedHidden, fittedSource, isFittedKind } from '../hidden/fitted/fitted-hidden.js';
import { chooseEntry, type FittedChoice } from '../hidden/fitted/shipped.js';
import type { HiddenSource } from '../hidden/hidden-layer.js';
import type { Statistics } from '../hidden/statistics.js';
import { keepEach } from '../keep.js';
import type { Model } from '../transformer/model.js';
import type { HiddenReport } from './comparison.js';

/** The hidden neurons that options come down to for one model. */
export interface ChosenHidden {
  readonly source: HiddenSource;
  readonly report: HiddenReport;
  /** The transformer that they stand in: the model itself, or, with `adapted`, the changed one. */
  readonly host: Model;
  /** False where seeds change nothing. */
  readonly seeded: boolean;
}

/**
 * Settles what hidden neurons a model gets: a fitted layer that was given, one that the model brings, or a draw, for
 * calibrated kinds on the model's statistics unless others are given. Where nothing is said of the kind, it is the
 * fitted layer that the model prefers, else `matched`. Throws `BAD_INPUT`, and what a bad file of the model's throws.
 */
export async function chooseHidden(
  model: Model,
  options: HiddenOptions,
  calibration?: Statistics,
): Promise<ChosenHidden> {
  const fitted = await findFitted(model, options, calibration !== undefined);
  if (fitted) return chooseFitted(model, fitted);
  const report = reportDrawn(options);
  const calibrated = !options.features && findKind(report.kind).needsStatistics;
  const statistics = calibrated ? (calibration ?? (await model.statistics())) : undefined;
  return { source: hiddenSource(options, statistics), report, host: model, seeded: true };
}

/** A fitted layer as the hidden neurons of a model that it belongs to. Throws as `checkBelongs`. */
export async function chooseFitted(model: Model, fitted: FittedHidden): Promise<ChosenHidden> {
  await checkBelongs(fitted, model);
  const host = fitted.tensors ? await model.withTensors(fitted.tensors) : model;
  const { adaptation } = host;
  return {
    source: fittedSource(fitted),
    report: {
      kind: fitted.kind,
      neurons: fitted.neurons,
      ...(fitted.shared && { shared: true }),
      sha256: await fittedHash(fitted),
      ...(adaptation && { adaptation }),
    },
    host,
    seeded: false,
  };
}

/** SHA-256 of a fitted layer's file. */
const fittedHash = keepEach((fitted: FittedHidden) => sha256(encodeHidden(fitted)));

async function findFitted(
  model: Model,
  options: HiddenOptions,
  calibrated: boolean,
): Promise<FittedHidden | undefined> {
  const { fitted, kind, neurons, shared, sampling, features, weights } = options;
  if (fitted) {
    checkAlone(options, fitted);
    return fitted;
  }
  const choice: FittedChoice = {
    ...(neurons !== undefined && { neurons }),
    ...(shared !== undefined && { shared }),
  };
  const drawn = sampling !== undefined || features !== undefined || weights !== undefined;
  if (kind !== undefined && kind !== 'matched' && isFittedKind(kind) && !features) {
    checkAlone(options, { kind });
    return model.fitted({ kind, ...choice });
  }
  if (shared !== undefined && (kind !== undefined || drawn)) {
    throw new TripartiteError(
      'BAD_INPUT',
      `shared is ${shared}, but only fitted hidden layers that the model brings are chosen by it`,
    );
  }
  if (kind !== undefined || drawn || calibrated) return undefined;
  if (neurons !== undefined) checkNeurons(neurons);
  const found = chooseEntry(await model.fittedLayers(), choice);
  // Wanted by name, so to speak: matched cannot be what was meant.
  return found || shared !== undefined ? model.fitted(choice) : undefined;
}

/** Throws `BAD_INPUT` where options beside a fitted layer say something else, or what can say nothing there. */
function checkAlone(
  options: HiddenOptions,
  given: Partial<Pick<FittedHidden, 'kind' | 'neurons' | 'shared'>>,
): void {
  if (options.neurons !== undefined) checkNeurons(options.neurons);
  for (const name of ['kind', 'neurons', 'shared'] as const) {
    const [said, is] = [options[name], given[name]];
    if (said === undefined || is === undefined || said === is) continue;
    throw new TripartiteError(
      'BAD_INPUT',
      `${name} is ${said} but the fitted hidden layer has ${is}; leave it out or say the same`,
    );
  }
  for (const name of ['sampling', 'features', 'weights', 'signed'] as const) {
    if (options[name] === undefined) continue;
    throw new TripartiteError(
      'BAD_INPUT',
      `${name} was given with a fitted hidden layer (${given.kind}); it says nothing there: leave it out`,
    );
  }
}

function reportDrawn({ kind, neurons = 256, sampling, features, weights }: HiddenOptions) {
  if (features) return { kind: kind ?? 'custom', neurons } satisfies HiddenReport;
  const found = findKind(kind ?? 'matched');
  const own = weights ? {} : { sampling: sampling ?? found.defaultSampling };
  return { kind: found.name, neurons, ...own } satisfies HiddenReport;
}
