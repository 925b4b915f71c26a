import type { PlotOptions } from '@observablehq/plot';
import type { DetailedComparison, NeuronSweepPoint } from '../compare/comparison.js';
import { type AttentionMap, attentionFigure } from './attention.js';
import { type ChosenHead, chooseHeads } from './choose-heads.js';
import { driftFigure } from './drift.js';
import type { FigureOptions } from './frame.js';
import { headsFigure } from './heads.js';
import { headName, tokenPatches } from './labels.js';
import { neuronsFigure } from './neurons.js';
import { outputsFigure } from './outputs.js';
import { patchesFigure } from './patches.js';
import { responseFigure } from './response.js';
import { responseScatter, scatterPoints } from './response-scatter.js';
import { shadingScale } from './shading.js';

/** A figure ready to draw. */
export interface Figure {
  /** Fit for a file's name: lower case, digits, points, dashes. */
  readonly name: string;
  readonly title: string;
  /** What is seen and how to read it, for a newcomer. */
  readonly caption: string;
  readonly options: PlotOptions;
}

const roles = {
  best: 'the head with the least output error',
  median: 'the head in the middle by output error',
  worst: 'the head with the largest output error',
} as const;

const maps: Record<AttentionMap, { title: string; caption: string }> = {
  softmax: {
    title: 'softmax',
    caption:
      'Each row shows where one token looks; the weights of a row add up to 1. Bright is much attention.',
  },
  network: {
    title: 'neurons and astrocytes',
    caption:
      'The weights that the network’s answer amounts to, φ(q)·φ(k) divided by the astrocyte’s response; same colours as softmax.',
  },
  difference: {
    title: 'difference',
    caption: 'Network minus softmax: orange where the network looks more, blue where less.',
  },
};

function headFigures(
  { role, detail }: ChosenHead,
  { details }: DetailedComparison,
  options: FigureOptions,
): Figure[] {
  const head = headName(detail);
  const patches = tokenPatches(details.tokens, detail.stack);
  const picture = details.pictures?.original;
  const list: Figure[] = [
    {
      name: `response-${head}`,
      title: `Astrocyte response and normaliser, head ${head}`,
      caption: `For every token, the calcium response of the astrocyte (orange) and the number that softmax divides by (blue), in ${roles[role]}. A common factor between the two does no harm; a different course does.`,
      options: responseFigure(detail, details.tokens, options),
    },
    ...(['softmax', 'network', 'difference'] as const).map((which) => ({
      name: `attention-${head}-${which}`,
      title: `Attention of head ${head}: ${maps[which].title}`,
      caption: maps[which].caption,
      options: attentionFigure(detail, which, details.tokens),
    })),
  ];
  if (patches && picture && details.tokens.type === 'patches') {
    const scale = shadingScale(details.heads);
    list.push({
      name: `patches-${head}`,
      title: `Response over the picture, head ${head}`,
      caption:
        'Each patch shaded by the astrocyte’s response against the normaliser: orange too large, blue too small, clear where equal or where the layer has no token.',
      options: patchesFigure({ detail, grid: details.tokens.grid, patches, picture }, { scale }),
    });
  }
  return list;
}

function sweepFigures(sweep: readonly NeuronSweepPoint[], options: FigureOptions): Figure[] {
  const how =
    'Every dot is one draw of the random weights, the line their mean, the band their range.';
  return [
    {
      name: 'neurons',
      title: 'Quality of the whole twin against hidden neurons',
      caption: `All chosen heads replaced, errors flowing from layer to layer. ${how}`,
      options: neuronsFigure(sweep, options),
    },
    {
      name: 'neurons-heads',
      title: 'Error of the median head against hidden neurons',
      caption: `Each head alone, on the transformer’s own queries, keys and values. ${how}`,
      options: neuronsFigure(sweep, { ...options, measure: 'heads' }),
    },
  ];
}

/**
 * Every figure of a comparison, in the order of a report: outputs, then response, attention maps and patches of
 * the best, median and worst head, all heads, drift, and the sweep over neurons where one is given. `width`
 * (CSS pixels) goes to all but the square maps.
 */
export function figures(
  comparison: DetailedComparison,
  sweep: readonly NeuronSweepPoint[] = [],
  options: FigureOptions = {},
): Figure[] {
  const { details, heads, drift } = comparison;
  const list: Figure[] = [];
  if (details.outputs) {
    list.push({
      name: 'outputs',
      title: 'Both outputs',
      caption:
        comparison.output.type === 'label'
          ? 'Score of every class: the transformer’s (ring) and the twin’s (dot). The largest score is the answer.'
          : 'Every number of the embedding: the transformer’s across, the twin’s upwards. Equal outputs lie on the dashed line.',
      options: outputsFigure(details.outputs, options),
    });
  }
  for (const chosen of chooseHeads(heads, details.heads)) {
    list.push(...headFigures(chosen, comparison, options));
  }
  if (details.heads.length > 0) {
    const { step } = scatterPoints(details.heads);
    const shown = step > 1 ? `One dot in ${step} is drawn. ` : '';
    list.push({
      name: 'response-scatter',
      title: 'Response against normaliser, all heads',
      caption: `A dot is one token in one head. ${shown}On the dashed line the astrocyte responds exactly with the transformer’s normaliser.`,
      options: responseScatter(details.heads, options),
    });
  }
  if (heads.length > 0) {
    list.push({
      name: 'heads',
      title: 'Output error of every head',
      caption:
        'A dot is a head, the stroke the median of its layer. 0 is no error; at 1 the error is as large as the output. Best and worst are named layer.head.',
      options: headsFigure(heads, options),
    });
  }
  if (drift.length > 0) {
    list.push({
      name: 'drift',
      title: 'Drift through the layers',
      caption:
        'Distance of the twin’s inner state from the transformer’s after each layer, as a share of its size: errors of earlier layers flow into later ones.',
      options: driftFigure(drift, options),
    });
  }
  if (sweep.length > 0) list.push(...sweepFigures(sweep, options));
  return list;
}
