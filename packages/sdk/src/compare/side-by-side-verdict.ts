import { formatFixed, formatNumber } from '../figure/format.js';
import { mean } from '../numeric/statistics.js';
import type { Comparison, ComparisonOutput, SideBySideTwin } from './comparison.js';

/** One hidden layer over all inputs. */
type Layer = readonly Comparison[];
type Output<T extends ComparisonOutput['type']> = Extract<ComparisonOutput, { type: T }>;

function outputsOf<T extends ComparisonOutput['type']>(layer: Layer, type: T): Output<T>[] {
  return layer.flatMap(({ output }) => (output.type === type ? [output as Output<T>] : []));
}

function enumerate(words: readonly string[]): string {
  const last = words.length - 1;
  return last < 1 ? words.join() : `${words.slice(0, last).join(', ')} and ${words[last]}`;
}

/** `LEAD 0.97 with learned weights, 0.71 and 0.42 with random ones (matched, performer)`. */
function tell(lead: string, layers: readonly Layer[], value: (layer: Layer) => string): string {
  const drawn = layers.filter(([first]) => first?.hidden.sha256 === undefined);
  const fitted = layers.filter((layer) => !drawn.includes(layer));
  const parts = fitted.map((layer) => {
    const { kind, shared } = layer[0]?.hidden ?? {};
    return `${value(layer)} with ${kind} weights${shared ? ' (one φ)' : ''}`;
  });
  if (drawn.length > 0) {
    const kinds = drawn.map(([first]) => first?.hidden.kind).join(', ');
    const random = fitted.length > 0 ? 'random ones' : 'random weights';
    parts.push(`${enumerate(drawn.map(value))} with ${random} (${kinds})`);
  }
  return `${lead} ${parts.join(', ')}`;
}

function tellCosines(layers: readonly Layer[]): string {
  const several = (layers[0]?.length ?? 0) > 1;
  return tell(
    several
      ? 'the mean cosine with the transformer’s embeddings is'
      : 'the cosine with the transformer’s embedding is',
    layers,
    (layer) => formatFixed(mean(outputsOf(layer, 'embedding').map(({ cosine }) => cosine)), 2),
  );
}

function tellLabels(layers: readonly Layer[]): string {
  const all = layers.map((layer) => outputsOf(layer, 'label'));
  const first = layers[0]?.[0];
  if ((layers[0]?.length ?? 0) > 1 || (first?.seeds.length ?? 1) > 1) {
    return tell('the share of cases with the transformer’s answer is', layers, (layer) => {
      const share = mean(outputsOf(layer, 'label').map(({ agreement }) => agreement));
      return `${Math.round(share * 1000) / 10} %`;
    });
  }
  const label = all[0]?.[0]?.label ?? '';
  const same = all.every(([output]) => output?.twinLabel === label);
  const off = (layer: Layer) => {
    const error = mean(outputsOf(layer, 'label').map(({ logitError }) => logitError));
    return `${formatNumber(100 * error, 2)} %`;
  };
  const say = (layer: Layer) => outputsOf(layer, 'label')[0]?.twinLabel ?? '';
  return same
    ? `all give the transformer’s answer, ${label}; ${tell('the scores are off by', layers, off)}`
    : `${tell(`the answer, ${label} by the transformer, is`, layers, say)}; the scores are off by ${enumerate(layers.map(off))}`;
}

function tellPaintings(layers: readonly Layer[]): string {
  const several = (layers[0]?.length ?? 0) > 1;
  return tell(
    `the ${several ? 'mean ' : ''}PSNR against the transformer’s painting is`,
    layers,
    (layer) => {
      const agreement = mean(outputsOf(layer, 'picture').map((output) => output.agreement));
      return Number.isFinite(agreement) ? `${formatFixed(agreement, 1)} dB` : 'infinite';
    },
  );
}

/**
 * What several hidden layers of equally many neurons come to, in one sentence; of several inputs of one model, each
 * with the same layers in the same order, the means.
 */
export function sideBySideVerdict(inputs: readonly (readonly SideBySideTwin[])[]): string {
  const layers = (inputs[0] ?? []).map((_, at) =>
    inputs.flatMap((twins) => (twins[at] ? [twins[at].comparison] : [])),
  );
  const first = layers[0]?.[0];
  if (!first) return '';
  const { neurons } = first.hidden;
  const told = { embedding: tellCosines, label: tellLabels, picture: tellPaintings };
  const count = `${neurons} hidden neuron${neurons === 1 ? '' : 's'} per head`;
  return `With the same ${count}, ${told[first.output.type](layers)}.`;
}
