import type { Build, Kernels } from '@tripartite/kernels';
import type { ModelPackage, ModelSource } from '../checkpoint/model-source.js';
import { decodeNpz } from '../checkpoint/npz.js';
import { openSource, readJson, readRequired } from '../checkpoint/open-source.js';
import { parseSafetensors, type Safetensors } from '../checkpoint/safetensors.js';
import { checkThreads, type Engine, type EngineOptions, openEngine } from '../engine.js';
import { TripartiteError } from '../errors.js';
import type { LayerShape } from '../hidden/hidden-layer.js';
import { readStatistics, type Statistics } from '../hidden/statistics.js';
import { type PreprocessorSettings, readPreprocessor } from '../image/preprocessor.js';
import { checkMemory, reserveMemory, withinMemory } from '../memory.js';
import { createUseLiteTokenizer, type Tokenizer } from '../text/unigram.js';
import { checkOpen, takeTurn } from '../turns.js';
import { readPlan } from './architectures.js';
import { weightBytes } from './memory-needs.js';
import type { Plan } from './plan.js';
import { placeWeights, type Weights } from './weights.js';

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
  /** SHA-256 of model.safetensors, hex; reads the file again. */
  weightsHash(): Promise<string>;
  /** What `matched` is calibrated on: the model's calibration.npz. Throws `BAD_INPUT` where it has none. */
  statistics(): Promise<Statistics>;
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
  const bytes = await readRequired(source, 'model.safetensors');
  checkAborted(signal);
  const file = parseSafetensors(bytes, `${source.name}/model.safetensors`);
  const { kernels, weights, close } = await placeModel(source.name, file, plan, needed, computing);
  onProgress?.(1, 'ready');
  const layers = plan.steps.flatMap((step) => (step.op === 'block' ? [step.block] : []));
  let statistics: Promise<Statistics> | undefined;

  return {
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
    async weightsHash() {
      const all = Uint8Array.from(await readRequired(source, 'model.safetensors'));
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', all));
      return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
    },
    statistics() {
      statistics ??= loadStatistics();
      return statistics;
    },
  };

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

/** Where and how a model computes. */
type Computing = Pick<LoadOptions, 'engine' | 'threads' | 'fast'>;

function checkComputing({ engine, threads, fast }: Computing): void {
  if (threads !== undefined) checkThreads(threads);
  if (engine) checkOpen(engine.kernels);
  if (engine && (threads !== undefined || fast !== undefined)) {
    throw new TripartiteError(
      'BAD_INPUT',
      'loadModel was given an engine and threads or fast; an engine has its own: give one or the other',
    );
  }
}

/** Copies the weights into the memory of the engine given, or of a new one; what fails leaves nothing behind. */
async function placeModel(
  name: string,
  file: Safetensors,
  plan: Plan,
  needed: number,
  { engine, ...options }: Computing,
): Promise<Pick<Model, 'kernels' | 'weights' | 'close'>> {
  const { kernels, close } = engine ?? (await openEngine(options));
  const closeOwn = engine ? () => {} : close;
  return takeTurn(kernels, async () => {
    const mark = kernels.arena.mark();
    try {
      const weights = withinMemory(name, () => {
        reserveMemory(kernels.arena, needed);
        return placeWeights(kernels, file, plan);
      });
      return { kernels, weights, close: closeOwn };
    } catch (error) {
      kernels.arena.release(mark);
      closeOwn();
      throw error;
    }
  });
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
