export {
  type Build,
  compileKernels,
  kernelsReady,
  mostThreads,
  relaxedSupported,
  wasmUrl,
} from '@tripartite/kernels';
export { astrocyteHead } from './attention/astrocyte-head.js';
export {
  type ChunkOptions,
  type ChunkSource,
  readChunks,
  type StreamChunk,
  streamChunks,
  type TokenChunk,
  writeChunks,
} from './attention/chunks.js';
export type {
  AstrocyteHead,
  AstrocyteHeadOptions,
  AttentionHead,
  HeadOptions,
  HeadState,
  Readout,
  SoftmaxHead,
} from './attention/head.js';
export { softmaxHead } from './attention/softmax-head.js';
export type { ModelPackage, ModelSource } from './checkpoint/model-source.js';
export { nearestName } from './checkpoint/nearest-name.js';
export { decodeNpy, encodeNpy, type NpyArray, type NpyData } from './checkpoint/npy.js';
export { decodeNpz, encodeNpz, type NpzEntry, type NpzOptions } from './checkpoint/npz.js';
export { parseSafetensors, type Safetensors } from './checkpoint/safetensors.js';
export { type Dtype, dtypeBits } from './checkpoint/safetensors-header.js';
export { type TensorData, writeSafetensors } from './checkpoint/safetensors-writer.js';
export { type Summary, summarise } from './compare/average.js';
export { type CalibrateOptions, calibrate } from './compare/calibrate.js';
export { type CompareOptions, compare, compareInDetail } from './compare/compare.js';
export type {
  Comparison,
  ComparisonOutput,
  ComparisonPictures,
  DetailedComparison,
  EmbeddingOutput,
  HeadComparison,
  HeadDetail,
  HiddenReport,
  LabelOutput,
  LayerDrift,
  NeuronSweepPoint,
  PictureOutput,
  ResponseDetail,
  SideBySideTwin,
  TokenLabels,
} from './compare/comparison.js';
export { compareSideBySide, type SideBySideOptions } from './compare/side-by-side.js';
export { sideBySideVerdict } from './compare/side-by-side-verdict.js';
export { type SweepOptions, sweepNeurons } from './compare/sweep.js';
export { verdict, verdictBands } from './compare/verdict.js';
export { type Engine, type EngineOptions, openEngine } from './engine.js';
export { describeBuild, describeEngine } from './engine-words.js';
export { type ErrorCode, TripartiteError } from './errors.js';
export { formatFixed, formatNumber } from './figure/format.js';
export type { HeldOutLoss } from './fit/checkpoint.js';
export { type FitOptions, type FitReport, fit } from './fit/fit.js';
export { type FitSettings, fitDefaults } from './fit/options.js';
export type { PhaseProgress } from './fit/phase.js';
export type { CheckpointStore } from './fit/phases.js';
export { pictureViews, type ViewOptions } from './fit/views.js';
export {
  type HiddenOptions,
  type HiddenSettings,
  hiddenLayer,
  hiddenSource,
  mostNeurons,
} from './hidden/create.js';
export { checkBelongs } from './hidden/fitted/belongs.js';
export { decodeHidden } from './hidden/fitted/decode.js';
export { encodeHidden } from './hidden/fitted/encode.js';
export {
  type AdaptedTensors,
  type FittedHidden,
  type FittedKind,
  fittedKinds,
  fittedSource,
  isFittedKind,
} from './hidden/fitted/fitted-hidden.js';
export { type HiddenFile, loadHidden } from './hidden/fitted/load.js';
export type { FittedChoice, FittedEntry } from './hidden/fitted/shipped.js';
export {
  type ActivationName,
  type Features,
  type FunctionLayer,
  type HeadPlace,
  type HiddenInput,
  type HiddenLayer,
  type HiddenSource,
  type LayerShape,
  type Sampling,
  samplings,
  type WeightedLayer,
} from './hidden/hidden-layer.js';
export type { HiddenKind, Ingredients } from './hidden/kinds/kind.js';
export { hiddenKinds } from './hidden/kinds.js';
export {
  type HeadStatistics,
  readStatistics,
  type Statistics,
  statisticsArrays,
} from './hidden/statistics.js';
export type { Picture } from './image/picture.js';
export { type PreprocessorSettings, readPreprocessor } from './image/preprocessor.js';
export { psnr } from './image/psnr.js';
export { type ResizeFilter, resizePicture } from './image/resize.js';
export { exp, log } from './numeric/elementary.js';
export { cosine, mean, median, pearson, standardDeviation } from './numeric/statistics.js';
export { createGenerator, type Generator } from './random/generator.js';
export type { StreamLabel } from './random/stream-hash.js';
export type {
  CurveChart,
  DotsChart,
  ResponseChart,
  SheetChart,
  StudyChart,
} from './study/chart.js';
export { studyDigits } from './study/digits.js';
export {
  type Crossed,
  type Estimate,
  estimateMean,
  estimateMedian,
  estimateShare,
} from './study/estimate.js';
export { studyFidelity } from './study/fidelity.js';
export { studyHeads } from './study/heads.js';
export { type Expectation, type Judgement, judge } from './study/judge.js';
export { studyNeurons } from './study/neurons.js';
export { studyPainting } from './study/painting.js';
export { type ResponseOptions, responseText, studyResponse } from './study/response.js';
export type {
  StudyColumn,
  StudyOptions,
  StudyResult,
  StudyRow,
  StudyTable,
} from './study/study.js';
export { type KindOfText, studyUnlike, type UnlikeInputs } from './study/unlike.js';
export { cutLong, cutParagraphs, cutPassages } from './text/passages.js';
export type { EncodedText, Tokenizer } from './text/unigram.js';
export type { Adaptation } from './transformer/adapted.js';
export type { InputOptions, ModelInput } from './transformer/inputs.js';
export { type LoadOptions, loadModel, type Model } from './transformer/model.js';
export type {
  BlockPlan,
  LinearNames,
  NormNames,
  PatchPlan,
  Plan,
  Step,
} from './transformer/plan.js';
export type {
  EmbeddingResult,
  LabelResult,
  PictureResult,
  RunResult,
} from './transformer/results.js';
export { type RunOptions, run, type TracedResult } from './transformer/run.js';
export type { HeadTrace } from './transformer/traces.js';
export type { PlacedLinear, PlacedNorm, Weights } from './transformer/weights.js';
