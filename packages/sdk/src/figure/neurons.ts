import * as Plot from '@observablehq/plot';
import type { ComparisonOutput, NeuronSweepPoint } from '../compare/comparison.js';
import { formatNumber, formatTick } from './format.js';
import { characterWidth, type FigureOptions, frame } from './frame.js';
import { kindColour } from './palette.js';

/** What the curve shows: the whole twin's output, or the median head on the transformer's own q, k, v. */
export type NeuronMeasure = 'output' | 'heads';

/** A point of the mean line with the seeds behind it. */
export interface NeuronCurvePoint {
  readonly kind: string;
  readonly neurons: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly values: readonly { readonly seed: number; readonly value: number }[];
}

/** One kind's curve, neurons rising. */
export interface NeuronCurve {
  readonly kind: string;
  readonly points: readonly NeuronCurvePoint[];
}

const outputs: {
  readonly [T in ComparisonOutput['type']]: {
    readonly label: string;
    readonly value: (output: Extract<ComparisonOutput, { type: T }>) => number;
  };
} = {
  embedding: {
    label: 'cosine with the transformer’s embedding (1 = same)',
    value: (output) => output.cosine,
  },
  label: { label: 'relative error of the scores (0 = same)', value: (output) => output.logitError },
  picture: { label: 'PSNR lost against softmax (dB, 0 = none)', value: (output) => output.loss },
};

function outputValue(output: ComparisonOutput): number {
  if (output.type === 'embedding') return outputs.embedding.value(output);
  if (output.type === 'label') return outputs.label.value(output);
  return outputs.picture.value(output);
}

/** The sweep by kind, in the order of first appearance: mean, least and most over the seeds. */
export function neuronCurves(
  points: readonly NeuronSweepPoint[],
  measure: NeuronMeasure = 'output',
): NeuronCurve[] {
  const kinds = [...new Set(points.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const own = points.filter((point) => point.kind === kind);
    const counts = [...new Set(own.map(({ neurons }) => neurons))].sort((a, b) => a - b);
    return {
      kind,
      points: counts.map((neurons) => {
        const values = own
          .filter((point) => point.neurons === neurons)
          .map(({ seed, output, headOutputError }) => ({
            seed,
            value: measure === 'heads' ? headOutputError : outputValue(output),
          }));
        const plain = values.map(({ value }) => value);
        return {
          kind,
          neurons,
          mean: plain.reduce((sum, value) => sum + value, 0) / plain.length,
          low: Math.min(...plain),
          high: Math.max(...plain),
          values,
        };
      }),
    };
  });
}

/** Moves labels apart, from the top down, so that neighbours keep `gap`; order stays. */
export function spread(places: readonly number[], gap: number): number[] {
  const order = places.map((_, i) => i).sort((a, b) => (places[b] ?? 0) - (places[a] ?? 0));
  const out = [...places];
  let free = Number.POSITIVE_INFINITY;
  for (const i of order) {
    out[i] = Math.min(places[i] ?? 0, free);
    free = (out[i] ?? 0) - gap;
  }
  return out;
}

/**
 * Quality against hidden neurons a head, one colour a kind: every seed a dot, the mean a line, the range over
 * seeds a band. x is logarithmic (base 2).
 */
export function neuronsFigure(
  points: readonly NeuronSweepPoint[],
  { width = 560, measure = 'output' }: FigureOptions & { readonly measure?: NeuronMeasure } = {},
): Plot.PlotOptions {
  const curves = neuronCurves(points, measure);
  const all = curves.flatMap((curve) => curve.points);
  const counts = [...new Set(all.map(({ neurons }) => neurons))].sort((a, b) => a - b);
  const height = width < 500 ? 290 : 330;
  const low = Math.min(...all.map((point) => point.low));
  const high = Math.max(...all.map((point) => point.high));
  const type = points[0]?.output.type ?? 'embedding';
  const zero = measure === 'heads' || type !== 'embedding' ? Math.min(0, low) : low;
  const gap = ((high - zero) * 15) / (height - 92);
  const ends = curves.map((curve) => curve.points[curve.points.length - 1]);
  const places = spread(
    ends.map((end) => end?.mean ?? 0),
    gap,
  );
  const colour = (kind: string) => kindColour(curves.findIndex((curve) => curve.kind === kind));
  const byKind = { stroke: ({ kind }: NeuronCurvePoint) => colour(kind), z: 'kind' } as const;
  const dots = all.flatMap(({ kind, neurons, values }) =>
    values.map(({ seed, value }) => ({ kind, neurons, seed, value })),
  );
  const longest = Math.max(0, ...curves.map(({ kind }) => kind.length));
  return {
    ...frame(width, height),
    marginLeft: 58,
    marginTop: 48,
    marginRight: 20 + Math.ceil(longest * characterWidth * 1.15),
    marginBottom: 44,
    x: {
      type: 'log',
      base: 2,
      label: 'hidden neurons of each head →',
      labelAnchor: 'right',
      labelArrow: 'none',
      ticks: counts.filter((_, i) => counts.length < 7 || width >= 500 || i % 2 === 0),
      tickFormat: (value: number) => String(value),
    },
    y: {
      label:
        measure === 'heads' ? 'output error of the median head (no unit)' : outputs[type].label,
      grid: true,
      nice: true,
      domain: [zero, high],
      ticks: 6,
      tickFormat: formatTick,
    },
    marks: [
      Plot.areaY(all, {
        x: 'neurons',
        y1: 'low',
        y2: 'high',
        fill: ({ kind }: NeuronCurvePoint) => colour(kind),
        z: 'kind',
        fillOpacity: 0.16,
      }),
      Plot.line(all, { x: 'neurons', y: 'mean', ...byKind, strokeWidth: 2 }),
      Plot.dot(dots, {
        x: 'neurons',
        y: 'value',
        r: 2.2,
        fill: ({ kind }: { kind: string }) => colour(kind),
        fillOpacity: 0.75,
        title: (dot: { kind: string; neurons: number; seed: number; value: number }) =>
          `${dot.kind}, ${dot.neurons} neurons, seed ${dot.seed}: ${formatNumber(dot.value)}`,
      }),
      Plot.text(
        curves.map(({ kind }, i) => ({ kind, neurons: ends[i]?.neurons ?? 1, place: places[i] })),
        {
          x: 'neurons',
          y: 'place',
          text: 'kind',
          fill: ({ kind }: { kind: string }) => colour(kind),
          fontWeight: 600,
          textAnchor: 'start',
          dx: 9,
        },
      ),
    ],
  };
}
