import * as Plot from '@observablehq/plot';
import type { ResponseDetail, TokenLabels } from '../compare/comparison.js';
import { decadeTicks } from './decade-ticks.js';
import { formatNumber, formatTick } from './format.js';
import { characterWidth, type FigureOptions, frame, type KeyEntry, key } from './frame.js';
import { tokenLabels } from './labels.js';
import { networkColour, transformerColour } from './palette.js';

/** One token in the response figure. */
export interface ResponsePoint {
  readonly token: number;
  readonly label: string;
  /** Response or normaliser; its natural logarithm where `ResponseSeries.logarithms` is true. */
  readonly network: number;
  readonly transformer: number;
  /** False where c_t ≤ 0: on a logarithmic axis it stands at |c_t|, marked with a cross. */
  readonly positive: boolean;
}

/** What the response figure draws, and on which axis. */
export interface ResponseSeries {
  readonly points: readonly ResponsePoint[];
  readonly axis: 'linear' | 'log';
  /** True where the values pass what a float64 holds well; the axis is then of natural logarithms. */
  readonly logarithms: boolean;
  /** Natural logarithms of the least and largest |value|. */
  readonly range: readonly [low: number, high: number];
}

/** ln of the largest value drawn as itself: 10^100. */
const largestLog = 230;
/** Values spread over more than e^this, about a factor of 8, get a logarithmic axis. */
const spreadForLog = 2.1;

function extremes(values: readonly number[]): [low: number, high: number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/** Domain and ticks of the logarithmic axis, a little wider than the values. */
function logAxis([low, high]: readonly [number, number]) {
  const from = low * Math.LOG10E - 0.06;
  const to = high * Math.LOG10E + 0.06;
  return {
    domain: [10 ** from, 10 ** to],
    ticks: decadeTicks(from, to).map((tick) => Number((10 ** tick).toPrecision(1))),
  };
}

/** Astrocyte response and normaliser of each token, and the axis that their range asks for. */
export function responseSeries(detail: ResponseDetail, labels: readonly string[]): ResponseSeries {
  const logs = [...detail.logResponse, ...detail.logNormaliser].filter(Number.isFinite);
  const [low, high] = extremes(logs);
  const logarithms = high > largestLog || low < -largestLog;
  const axis = !logarithms && high - low > spreadForLog ? 'log' : 'linear';
  const points = Array.from(detail.response, (response, token) => {
    const positive = response > 0;
    const logResponse = detail.logResponse[token] ?? 0;
    const onLog = axis === 'log' ? Math.abs(response) : response;
    return {
      token,
      label: labels[token] ?? String(token),
      network: logarithms ? logResponse : onLog,
      transformer: (logarithms ? detail.logNormaliser : detail.normaliser)[token] ?? 0,
      positive,
    };
  });
  return { points, axis, logarithms, range: [low, high] };
}

/**
 * The figure of the paper (Kozachkov et al. 2023): the astrocyte's calcium response c_t of each token beside
 * the normaliser Σ_s exp(q_t·k_s) of softmax, for one head. No unit.
 */
export function responseFigure(
  detail: ResponseDetail,
  labels: TokenLabels,
  { width = 720 }: FigureOptions = {},
): Plot.PlotOptions {
  const names = tokenLabels(labels, detail.stack);
  const { points, axis, logarithms, range } = responseSeries(detail, names);
  const marginLeft = 58;
  const room = (width - marginLeft - 16) / points.length;
  const named = labels.type === 'text' && room >= 11;
  const longest = Math.max(...names.map((name) => name.length));
  const dots = room >= 7;
  const crosses = points.filter(({ positive }) => !positive);
  const entries: KeyEntry[] = [
    { label: 'transformer', colour: transformerColour, shape: dots ? 'ring' : 'line' },
    { label: 'astrocyte', colour: networkColour, shape: dots ? 'dot' : 'line' },
  ];
  if (crosses.length > 0) entries.push({ label: 'c ≤ 0', colour: networkColour, shape: 'cross' });
  const line = { x: 'token', strokeWidth: 1.6 } as const;
  const tip = (point: ResponsePoint) =>
    `${point.token} ${point.label}: astrocyte ${formatNumber(point.network)}, transformer ${formatNumber(point.transformer)}`;
  return {
    ...frame(width, width < 500 ? 270 : 300),
    marginLeft,
    marginTop: 54,
    marginRight: 16,
    marginBottom: named ? 30 + Math.ceil(longest * characterWidth) : 44,
    x: {
      label: named ? 'token →' : 'token, by position →',
      labelAnchor: 'right',
      labelArrow: 'none',
      ...(named
        ? { ticks: points.map(({ token }) => token), tickRotate: -90, tickSize: 3 }
        : { ticks: width < 500 ? 5 : 9 }),
      tickFormat: named ? (token: number) => names[token] ?? '' : (token: number) => String(token),
      domain: [-0.5, points.length - 0.5],
    },
    y: {
      label: `${logarithms ? 'logarithm of ' : ''}response, normaliser (no unit)`,
      type: axis,
      grid: true,
      ...(axis === 'log' ? logAxis(range) : { ticks: 5, nice: true }),
      tickFormat: formatTick,
    },
    marks: [
      key(entries),
      Plot.line(points, { ...line, y: 'transformer', stroke: transformerColour }),
      Plot.line(points, { ...line, y: 'network', stroke: networkColour }),
      dots
        ? Plot.dot(points, {
            x: 'token',
            y: 'transformer',
            r: 3.4,
            stroke: transformerColour,
            title: tip,
          })
        : null,
      dots
        ? Plot.dot(points, { x: 'token', y: 'network', r: 2.4, fill: networkColour, title: tip })
        : null,
      Plot.dot(crosses, {
        x: 'token',
        y: 'network',
        symbol: 'times',
        r: 4,
        stroke: networkColour,
        title: tip,
      }),
    ],
  };
}
