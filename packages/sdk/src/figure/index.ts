export type {
  Comparison,
  ComparisonOutput,
  ComparisonPictures,
  DetailedComparison,
  EmbeddingOutput,
  HeadComparison,
  HeadDetail,
  LabelOutput,
  LayerDrift,
  NeuronSweepPoint,
  PictureOutput,
  SideBySideTwin,
  TokenLabels,
} from '../compare/comparison.js';
export type { Picture } from '../image/picture.js';
export { type AttentionMap, attentionFigure, attentionMap } from './attention.js';
export { type ChosenHead, chooseHeads } from './choose-heads.js';
export { type ColourMap, differenceColours } from './colour-map.js';
export { driftFigure } from './drift.js';
export { type Figure, figures } from './figures.js';
export { formatFixed, formatNumber, formatTick } from './format.js';
export type { FigureOptions } from './frame.js';
export { type HeadPoint, headPoints, headsFigure } from './heads.js';
export { type HiddenWords, hiddenWords } from './hidden-words.js';
export { headName, layerName, printable, tokenLabels, tokenPatches } from './labels.js';
export {
  type NeuronCurve,
  type NeuronCurvePoint,
  type NeuronMeasure,
  neuronCurves,
  neuronsFigure,
} from './neurons.js';
export { type OutputVectors, outputsFigure } from './outputs.js';
export {
  differenceAddress,
  type Painting,
  type Paintings,
  paintingNote,
  paintingsOf,
} from './paintings.js';
export { paintingsFigure } from './paintings-figure.js';
export {
  cssColour,
  decoderColour,
  divergingColour,
  drawnColour,
  kindColour,
  networkColour,
  neutralColour,
  type Rgba,
  sequentialColour,
  transformerColour,
} from './palette.js';
export { greyPicture, type PatchesInput, patchesFigure } from './patches.js';
export { pictureDifference } from './picture-difference.js';
export { probabilities } from './probabilities.js';
export { encodeMatrix, encodePicture, pngAddress } from './raster.js';
export {
  type ResponsePoint,
  type ResponseSeries,
  responseFigure,
  responseSeries,
} from './response.js';
export { responseScatter, type ScatterPoint, scatterPoints } from './response-scatter.js';
export { logRatios, type ShadingScale, shadingScale } from './shading.js';
export { sideBySideFigure, sideBySideHeading, sideColours } from './side-by-side.js';
export { sideBySideFigures } from './side-by-side-figures.js';
export {
  type Side,
  type SideBySideRow,
  type SideBySideRows,
  sideBySideRows,
} from './side-by-side-rows.js';
export { chartFigure, studyFigures } from './study.js';
export { type CurvePoint, studyCurveFigure, studyCurves } from './study-curve.js';
export { type DotPoint, studyDots, studyDotsFigure } from './study-dots.js';
export { studySheetFigure } from './study-sheet.js';
