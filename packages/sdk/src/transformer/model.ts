import type { Build, Kernels } from '@tripartite/kernels';
import type { ModelPackage, ModelSource } from '../checkpoint/model-source.js';
import { decodeNpz } from '../checkpoint/npz.js';
import { openSource, readJson, readRequired } from '../checkpoint/open-source.js';
import { parseSafetensors, type Safetensors } from '../checkpoint/safetensors.js';
import { sha256 } from '../checkpoint/sha256.js';
import type { Engine, EngineOptions } from '../engine.js';
import { TripartiteError } from '../errors.js';
import { checkBelongs } from '../hidden/fitted/belongs.js';
import type { AdaptedTensors, FittedHidden } from '../hidden/fitted/fitted-hidden.js';
import {
  chooseEntry,
  type FittedChoice,
  type FittedEntry,
  lackingError,
  readEntries,
  readEntry,
} from '../hidden/fitted/shipped.js';
import type { LayerShape } from '../hidden/hidden-layer.js';
import { readStatistics, type Statistics } from '../hidden/statistics.js';
import { type PreprocessorSettings, readPreprocessor } from '../image/preprocessor.js';
import { keepEach, once } from '../keep.js';
import { checkMemory } from '../memory.js';
import { createUseLiteTokenizer, type Tokenizer } from '../text/unigram.js';
import { type Adaptation, measureAdaptation, placeAdapted } from './adapted.js';
import { readPlan } from './architectures.js';
import { weightBytes } from './memory-needs.js';
import { checkComputing, placeModel } from './place-model.js';
import type { Plan } from './plan.js';
import type { Weights } from './weights.js';

/** A pretrained transformer, ready to run: its plan, and its weights in kernels of its own. */
export interface Model {
  readonly name: string;
  /** `model_type` of its config: `use_lite`, `vit`, `vit_mae`. */
  readonly type: string;
  readonly modality: 'text' | 'image';
  /** Most tokens of one input. */
  readonly tokenLimit: number;
  /** By layer over all stacks. */
  readonly layers: readonly LayerShape[];
  /** Names of the classes, where it classifies. */
  readonly labels?: readonly string[];
  readonly plan: Plan;
  readonly kernels: Kernels;
  /** Threads it computes on. */
  readonly threads: number;
  /** The build of the kernels it computes with. */
  readonly build: Build;
  readonly weights: Weights;
  readonly tokenizer?: Tokenizer;
  readonly preprocessor?: PreprocessorSettings;
  /** Present where tensors were replaced (`withTensors`): how far. */
  readonly adaptation?: Adaptation;
  /** SHA-256 of model.safetensors, hex; reads the file again, once. */
  weightsHash(): Promise<string>;
  /** What `matched` is calibrated on: the model's calibration.npz. Throws `BAD_INPUT` where it has none. */
  statistics(): Promise<Statistics>;
  /** The fitted hidden layers that it brings, the preferred first; often none. Throws `BAD_CHECKPOINT`. */
  fittedLayers(): Promise<readonly FittedEntry[]>;
  /**
   * The fitted hidden layer that it brings of a kind, with the number of neurons nearest to the one wanted; read once.
   * Throws `BAD_INPUT` where it brings none, `BAD_CHECKPOINT` and what else `decodeHidden` throws for a bad file.
   */
  fitted(choice?: FittedChoice): Promise<FittedHidden>;
  /**
   * The same model with some tensors replaced, by their names in the checkpoint, beside the unchanged one and on its
   * engine, whose memory they keep. The same object of tensors gives the same model again. Throws `BAD_INPUT` for
   * names that it does not compute with, `BAD_SHAPE`, `OUT_OF_MEMORY`.
   */
  withTensors(tensors: AdaptedTensors): Promise<Model>;
  /** Ends the threads of the engine that was opened for it; one that was given is its owner's to close. */
  close(): void;
}

/** Options of `loadModel`. */
export interface LoadOptions extends EngineOptions {
  /**
   * The engine to compute with, instead of one of its own with `threads` and `fast`. Models that share one
   * share its memory: load and use them one after another.
   */
  readonly engine?: Engine;
  /** Called with the share done and what is being done. */
  readonly onProgress?: (fraction: number, what: string) => void;
  readonly signal?: AbortSignal;
}

/** Throws `ABORTED` once the signal has fired. */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new TripartiteError('ABORTED', 'stopped by its AbortSignal');
}

/**
 * Loads a transformer from a package, a folder (Node) or the user's own source: config.json, model.safetensors,
 * and tokenizer.json or preprocessor_config.json. Copies all weights into WebAssembly memory.
 * Throws `BAD_INPUT`, `NOT_FOUND`, `BAD_CHECKPOINT`, `MISSING_TENSOR`, `BAD_SHAPE`, `UNSUPPORTED`, `ABORTED`, and
 * `OUT_OF_MEMORY`, where the weights are too large before they are read.
 */
export async function loadModel(
  from: ModelSource | ModelPackage | string,
  { onProgress, signal, ...computing }: LoadOptions = {},
): Promise<Model> {
  checkComputing(computing);
  const source = await openSource(from);
  onProgress?.(0, 'configuration');
  const plan = readPlan(await readJson(source, 'config.json'));
  const needed = weightBytes(plan);
  checkMemory(`${source.name}: the weights need`, needed, 'a smaller model is needed');
  const reader =
    plan.modality === 'text'
      ? { tokenizer: await loadTokenizer(source, plan) }
      : { preprocessor: readPreprocessor(await readJson(source, 'preprocessor_config.json')) };
  checkAborted(signal);
  onProgress?.(0.1, 'weights');
  const file = await readCheckpoint();
  checkAborted(signal);
  const { kernels, weights, close } = await placeModel(source.name, file, plan, needed, computing);
  onProgress?.(1, 'ready');
  const layers = plan.steps.flatMap((step) => (step.op === 'block' ? [step.block] : []));
  const hash = once(async () => sha256(await readRequired(source, 'model.safetensors')));
  const entries = once(() => readEntries(source));
  const fittedOf = keepEach((entry: FittedEntry) => readEntry(source, entry));

  const model: Model = {
    name: source.name,
    type: plan.type,
    modality: plan.modality,
    tokenLimit: plan.tokenLimit,
    layers: layers.map(({ stack, heads, headWidth }) => ({ stack, heads, headWidth })),
    ...(plan.labels && { labels: plan.labels }),
    plan,
    kernels,
    threads: kernels.threads,
    build: kernels.build,
    weights,
    close,
    ...reader,
    weightsHash: hash,
    statistics: once(loadStatistics),
    fittedLayers: entries,
    async fitted(choice = {}) {
      const all = await entries();
      const entry = chooseEntry(all, choice);
      if (!entry) throw lackingError(source.name, all, choice);
      const fitted = await fittedOf(entry);
      await checkBelongs(fitted, model);
      return fitted;
    },
    withTensors: keepEach(async (tensors: AdaptedTensors) => {
      const again = await readCheckpoint();
      const adaptation = measureAdaptation(again, tensors);
      return {
        ...model,
        weights: await placeAdapted(kernels, again, plan, tensors, weights),
        adaptation,
      };
    }),
  };
  return model;

  async function readCheckpoint(): Promise<Safetensors> {
    const file = 'model.safetensors';
    return parseSafetensors(await readRequired(source, file), `${source.name}/${file}`);
  }

  async function loadStatistics(): Promise<Statistics> {
    const npz = await source.read('calibration.npz');
    if (!npz) {
      throw new TripartiteError(
        'BAD_INPUT',
        `${source.name} has no calibration.npz, which hidden kind matched needs; calibrate on inputs of your own`,
      );
    }
    return readStatistics(decodeNpz(npz, `${source.name}/calibration.npz`), layers);
  }
}

/** The tokenizer, whose ids must all have a row in the embedding table. */
async function loadTokenizer(source: ModelSource, { steps }: Plan): Promise<Tokenizer> {
  const tokenizer = createUseLiteTokenizer(await readJson(source, 'tokenizer.json'));
  const rows = steps.find((step) => step.op === 'embed-tokens')?.vocabulary ?? 0;
  if (tokenizer.size <= rows) return tokenizer;
  throw new TripartiteError(
    'BAD_CHECKPOINT',
    `${source.name}: tokenizer.json has ${tokenizer.size} pieces; the embedding table has ${rows} rows`,
  );
}
